import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { dockerScope } from '../support/docker-cleanup.ts';
import { busyboxTar } from '../support/docker-image.ts';
import { openRegistry, type TestRegistry } from '../support/docker-registry.ts';
import { statusOf, TestHost } from '../support/host.ts';
import { tenantWhen } from '../support/watched.ts';
import { webTenant } from '../support/web-tenant.ts';

let folder: string;
let layer: Buffer;
let registry: TestRegistry;
let host: TestHost;
let running: Awaited<ReturnType<TestHost['run']>> | null = null;
const scope = dockerScope();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-test-pull-'));
  layer = await readFile(await busyboxTar(folder));
  registry = await openRegistry();
  host = await TestHost.make();
});
afterEach(async () => {
  await running?.stop();
  running = null;
});
afterAll(async () => {
  await host.remove();
  await registry.close();
  await scope.cleanup();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

function publish(build: string): { byTag: string; byDigest: string } {
  const made = registry.publish('runtime', build, layer, { Labels: { build } });
  scope.image(made.byTag);
  scope.image(made.byDigest);
  return made;
}

const troubles: readonly (readonly [string, (next: string) => string, string])[] = [
  ['the registry is away', () => '127.0.0.1:1/runtime:v2.0.0', 'connection refused'],
  [
    'the digest is missing',
    (next) => next.replace(/@sha256:.*/, `@sha256:${'0'.repeat(64)}`),
    'manifest unknown',
  ],
];

describe.each(['stop-first', 'start-first'])(
  'INV-11: an update, %s, whose image cannot be had',
  (strategy) => {
    test.each(troubles)(
      'because %s: the old container serves on, and the update comes later',
      async (what, wanted, why) => {
        const tenant = `${strategy}-${what.split(' ')[1]}`;
        const spec = (image: string) => {
          const { runtime } = webTenant(image);
          return { image, runtime: { ...runtime, update: { strategy, drain: '1s' } } };
        };
        host.tenant(tenant, spec(publish('v1.0.0').byDigest));
        expect(statusOf(await host.once(), host.name(tenant))).toMatchObject({ phase: 'InSync' });
        const before = await host.identity(tenant);

        running = await host.run();
        const next = publish(`v2.0.0-${tenant}`).byDigest;
        host.tenant(tenant, spec(wanted(next)));
        const failed = await tenantWhen(host, tenant, 'has failed', ({ phase }) => phase === 'Failed');
        expect(failed.reason).toContain('cannot pull');
        expect(failed.reason).toContain(why);
        expect(await host.identity(tenant)).toEqual(before);
        expect(await host.inspect(tenant)).toMatchObject({ State: { Running: true } });
        const asked = running.events.flatMap((event) => (event.type === 'step' ? [event.step.action] : []));
        expect(new Set(asked)).toEqual(new Set(['image.pull']));

        host.tenant(tenant, spec(next));
        await tenantWhen(
          host,
          tenant,
          'is in sync',
          ({ phase, image }) => phase === 'InSync' && image === next,
        );
        expect((await host.identity(tenant)).id).not.toBe(before.id);
      },
    );
  },
);
