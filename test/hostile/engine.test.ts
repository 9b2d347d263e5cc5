import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foreignEndpoints } from '../../reconciler/observe/foreign-endpoints.ts';
import { label } from '../../renderers/labels.ts';
import { tenantry } from '../deploy/cli/command.ts';
import { engineHost } from '../support/engine.ts';
import { health, runtimeImage, TestHost } from '../support/host.ts';

let host: TestHost;
let image: string;

beforeAll(async () => {
  image = await runtimeImage('hostile');
  host = await TestHost.make();
  host.tenant('acme', { image, runtime: { health } });
  host.tenant('globex', { image, runtime: { health } });
  await reconcile();
}, 180_000);

afterAll(() => host?.remove(), 60_000);

/** `tenantry reconcile --once` as a process of its own. */
async function reconcile() {
  const { repo, branch, node, dataDir, secretsDir } = host.options();
  const where = ['--repo', repo, '--branch', branch, '--node', node, '--docker', engineHost()];
  const folders = ['--data-dir', dataDir, '--secrets-dir', secretsDir];
  const ended = await tenantry(['reconcile', '--once', ...where, ...folders, '--format', 'json']);
  return { ...ended, result: JSON.parse(ended.stdout) as { mutations: number } };
}

const path = () => `tenants/${host.name('acme')}/tenant.yaml`;
const spec = (more: Record<string, unknown>) => ({ image, runtime: { health, ...more } });

const texts: readonly (readonly [what: string, write: () => unknown])[] = [
  ['a privileged container', () => host.tenant('acme', spec({ privileged: true }))],
  ['a bind of the socket', () => host.tenant('acme', spec({ volumes: ['/var/run/docker.sock:/s'] }))],
  ['a volume over /proc', () => host.tenant('acme', spec({ volumes: [{ name: 'a', mountPath: '/proc' }] }))],
  ['the network of the host', () => host.tenant('acme', spec({ network_mode: 'host' }))],
  ['an image that moves', () => host.tenant('acme', { image: 'runtime:latest' })],
  ['a bomb of aliases', () => host.commit({ [path()]: `a: &a [x]\nb: &b [${'*a,'.repeat(100)}]\n` })],
  ['lists 5,000 deep', () => host.commit({ [path()]: '['.repeat(5_000) })],
  ['bytes that are no UTF-8', () => host.commit({ [path()]: Uint8Array.from([0xff, 0xfe, 0]) })],
];

describe('INV-8 on a real engine, by the command line', () => {
  test.each(texts)(
    '%s changes nothing and is told',
    async (_, write) => {
      const before = await Promise.all([host.identity('acme'), host.identity('globex')]);
      write();
      const { stdout, result } = await reconcile();
      expect(result.mutations).toBe(0);
      expect(stdout).toContain(`"path":${JSON.stringify(path())}`.replace(':"', ': "'));
      expect(await Promise.all([host.identity('acme'), host.identity('globex')])).toEqual(before);
    },
    60_000,
  );
});

test('INV-23: a container that another hand made with our labels, privileged and with a program of its own, is replaced', async () => {
  host.tenant('acme', { image, runtime: { health } });
  await reconcile();
  const mine = await host.inspect('acme');
  if (mine === null) throw new Error('acme has no container');
  await host.docker.removeContainer(mine.Id, { force: true });
  const [network = ''] = Object.keys(mine.NetworkSettings.Networks ?? {});
  await host.docker.createContainer(host.container('acme'), {
    Image: image,
    Env: [...(mine.Config.Env ?? [])],
    Labels: { ...mine.Config.Labels },
    Healthcheck: { Test: ['NONE'] },
    HostConfig: { ...mine.HostConfig, Privileged: true },
    NetworkingConfig: { EndpointsConfig: { [network]: {} } },
    ...{ Entrypoint: ['/bin/sh', '-c', 'id'], WorkingDir: '/tmp' },
  });
  await reconcile();
  const after = await host.inspect('acme');
  expect(after?.HostConfig['Privileged']).toBe(false);
  expect(after?.Config.Entrypoint).toEqual(mine.Config.Entrypoint);
  expect(after?.Config['WorkingDir']).toBe(mine.Config['WorkingDir']);
  expect(after?.Config.Labels?.[label.tenant]).toBe(host.name('acme'));
  expect(after?.State.Running).toBe(true);
}, 120_000);

test("INV-23: a container that another hand made as we do, but with a neighbour's name in its network, is replaced", async () => {
  const mine = await host.inspect('acme');
  if (mine === null) throw new Error('acme has no container');
  await host.docker.removeContainer(mine.Id, { force: true });
  const [network = ''] = Object.keys(mine.NetworkSettings.Networks ?? {});
  const place = { Aliases: [host.container('globex')] };
  const { id: forged } = await host.docker.createContainer(host.container('acme'), {
    Image: image,
    Env: [...(mine.Config.Env ?? [])],
    Labels: { ...mine.Config.Labels },
    Healthcheck: { Test: ['NONE'] },
    HostConfig: mine.HostConfig,
    NetworkingConfig: { EndpointsConfig: { [network]: place as unknown as Record<string, never> } },
  });
  await host.docker.startContainer(forged);
  const { result } = await reconcile();
  expect(result.mutations).toBeGreaterThan(0);
  const after = await host.inspect('acme');
  expect(after?.Id).not.toBe(forged);
  expect(after?.State.Running).toBe(true);
  expect(after === null ? null : foreignEndpoints(after)).toEqual({});
  expect((await reconcile()).result.mutations).toBe(0);
}, 120_000);
