import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { label } from '../../renderers/labels.ts';
import { tenantNetwork } from '../../renderers/network.ts';
import { ensureBusyboxImage } from '../support/docker-image.ts';
import { engineHost } from '../support/engine.ts';
import { statusOf, TestHost } from '../support/host.ts';

const docker = (...args: string[]) => execa('docker', ['--host', engineHost(), ...args]);
const inspect = async (...args: string[]): Promise<unknown> => {
  const [found]: unknown[] = JSON.parse((await docker(...args)).stdout) as unknown[];
  return found;
};

let host: TestHost;
let image: string;
const volumes = [{ name: 'state', mountPath: '/data/state' }];
const volumeOf = (tenant: string): string => `tenant_${host.name(tenant)}_state`;

beforeAll(async () => {
  image = await ensureBusyboxImage();
  host = await TestHost.make();
  host.tenant('well', { image });
});
afterAll(() => host.remove(), 60_000);

/** Converges; everybody but `tenant` is in sync, and its status is answered. */
async function refusedAlone(tenant: string): Promise<{ phase: string; reason: string }> {
  const result = await host.once();
  for (const status of result.status.tenants) {
    if (status.tenant !== host.name(tenant)) expect(status).toMatchObject({ phase: 'InSync' });
  }
  const { phase, reason } = statusOf(result, host.name(tenant));
  expect((await host.once()).mutations, 'nothing is tried again while it is so').toBe(0);
  return { phase, reason };
}

describe('INV-20: a name that a stranger has taken', { timeout: 60_000 }, () => {
  test.each(['runtime', 'runtime_next', 'runtime_old'])(
    'a container called …_%s is never adopted and never removed, also when its tenant goes',
    async (role) => {
      const tenant = `taken-${role.replace('_', '-')}`;
      const name = `tenant_${host.name(tenant)}_${role}`;
      await docker('run', '--detach', '--name', name, image);
      const before = await inspect('container', 'inspect', name);
      host.tenant(tenant, { image });
      expect(await refusedAlone(tenant)).toMatchObject({
        phase: 'Failed',
        reason: expect.stringContaining(`the name ${name} is taken by container`),
      });
      expect(await inspect('container', 'inspect', name)).toEqual(before);
      host.removeTenants(tenant);
      await host.once();
      expect(await inspect('container', 'inspect', name)).toEqual(before);
      await docker('rm', '--force', name);
    },
  );

  test("a network of the node's name is never joined and never removed", async () => {
    const other = await TestHost.make();
    try {
      const owner = { platform: other.platform, node: other.node };
      const { name } = tenantNetwork(other.name('acme'), owner, { pool: other.pool, shards: 1 });
      await docker('network', 'create', '--subnet', other.pool, name);
      const before = await inspect('network', 'inspect', name);
      other.tenant('acme', { image });
      const result = await other.once();
      expect(statusOf(result, other.name('acme'))).toMatchObject({
        phase: 'Failed',
        reason: expect.stringContaining(`network ${name} is not Tenantry's`),
      });
      expect(result.mutations).toBe(0);
      other.removeTenants('acme');
      expect((await other.once()).mutations).toBe(0);
      expect(await inspect('network', 'inspect', name)).toEqual(before);
      await docker('network', 'rm', name);
    } finally {
      await other.remove();
    }
  });
});

describe('INV-21: a volume of the right name that is not right', { timeout: 60_000 }, () => {
  const labels = (tenant: string): string[] =>
    Object.entries({
      [label.platform]: host.platform,
      [label.node]: host.node,
      [label.tenant]: host.name(tenant),
    }).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
  const bind = ['--opt', 'type=none', '--opt', 'o=bind', '--opt', 'device=/'];

  test.each<[string, (tenant: string) => string[], string]>([
    ['without-labels', () => [], "is not this tenant's by its labels"],
    ['of-another', () => labels('well'), "is not this tenant's by its labels"],
    ['bind', (tenant) => [...labels(tenant), ...bind], 'has driver options (device, o, type)'],
    [
      'tmpfs',
      (tenant) => [...labels(tenant), '--opt', 'type=tmpfs', '--opt', 'device=tmpfs'],
      'has driver options',
    ],
  ])('made before us, %s: nothing is made and it stays as it is', async (tenant, options, why) => {
    await docker('volume', 'create', ...options(tenant), volumeOf(tenant));
    const before = await inspect('volume', 'inspect', volumeOf(tenant));
    host.tenant(tenant, { image, runtime: { volumes } });
    expect(await refusedAlone(tenant)).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining(why),
    });
    expect(await host.inspect(tenant)).toBeNull();
    expect(await inspect('volume', 'inspect', volumeOf(tenant))).toEqual(before);
    host.removeTenants(tenant);
    await host.once();
    expect(await inspect('volume', 'inspect', volumeOf(tenant))).toEqual(before);
  });

  test('swapped while its container was gone, for one that hides a bind of the host: nothing mounts it', async () => {
    host.tenant('swapped', { image, runtime: { volumes } });
    expect(statusOf(await host.once(), host.name('swapped'))).toMatchObject({ phase: 'InSync' });
    await docker('rm', '--force', host.container('swapped'));
    await docker('volume', 'rm', volumeOf('swapped'));
    await docker('volume', 'create', ...labels('swapped'), ...bind, volumeOf('swapped'));
    expect(await refusedAlone('swapped')).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('which can point it at a host path'),
    });
    expect(await host.inspect('swapped')).toBeNull();
    await docker('volume', 'rm', volumeOf('swapped'));
    expect(statusOf(await host.once(), host.name('swapped'))).toMatchObject({ phase: 'InSync' });
  });
});
