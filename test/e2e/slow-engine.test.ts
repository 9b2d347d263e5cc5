import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NodeStatus } from '../../reconciler/report/status.ts';
import { ensureBusyboxImage } from '../support/docker-image.ts';
import { engineHost } from '../support/engine.ts';
import { until } from '../support/engine-wait.ts';
import { TestHost } from '../support/host.ts';
import { openSlowEngine, type SlowEngine } from '../support/slow-engine.ts';
import { nodeWhen, tenantWhen } from '../support/watched.ts';
import { webTenant } from '../support/web-tenant.ts';

/** A tenth of what is waited for in earnest, and less. */
const dockerDeadlines = { read: 1_500, change: 4_000, stopGrace: 1_500 };

/** `TENANTRY_SLOW=1`: every call 5 s late, with the deadlines that are waited for in earnest; it takes minutes. */
const earnest = process.env['TENANTRY_SLOW'] === '1';
const lateMs = earnest ? 5_000 : 300;
const patienceMs = earnest ? 300_000 : 20_000;

let image: string;
let host: TestHost;
let engine: SlowEngine;
let running: Awaited<ReturnType<TestHost['run']>>;

const inSync = (tenant: string, revision: string) =>
  tenantWhen(
    host,
    tenant,
    'is in sync',
    (status) => status.phase === 'InSync' && status.revision === revision,
    patienceMs,
  );

beforeAll(async () => {
  image = await ensureBusyboxImage();
});
beforeEach(async () => {
  host = await TestHost.make();
  engine = await openSlowEngine(engineHost().replace('unix://', ''));
  for (const tenant of ['acme', 'globex']) host.tenant(tenant, webTenant(image));
  await host.once();
  running = await host.run({ dockerHost: engine.host, dockerDeadlines, tickMs: 1_000 });
});
afterEach(async () => {
  engine.hangs = () => false;
  await running.stop();
  await engine.close();
  await host.remove();
});

describe('INV-14: an engine that is slow or hangs', { timeout: earnest ? 900_000 : 60_000 }, () => {
  test('every call late: all is followed and healed, and nothing is called trouble', async () => {
    if (earnest) {
      await running.stop();
      running = await host.run({ dockerHost: engine.host, tickMs: 1_000 });
    }
    engine.delayMs = lateMs;
    await inSync('initech', host.tenant('initech', webTenant(image)));
    const { id } = await host.identity('acme');
    await host.docker.signalContainer(id, 'SIGKILL');
    const started = async () => ((await host.inspect('acme'))?.State.Running ? true : null);
    await until('acme runs again', started, patienceMs);
    const all = ({ tenants }: NodeStatus): boolean => tenants.every(({ phase }) => phase === 'InSync');
    const { trouble } = await nodeWhen(host, 'all are in sync', all, patienceMs);
    expect(trouble).toBeNull();
    expect((await host.identity('acme')).id).toBe(id);
  });

  test('one call that never ends: the others go on meanwhile, and its deadline ends it', async () => {
    const hanging = host.container('initech');
    engine.hangs = (call) => call.includes(`POST /containers/create?name=${hanging}`);
    host.tenant('initech', webTenant(image));
    await until('the call hangs', async () => engine.hung[0] ?? null);
    const neighbour = webTenant(image);
    const changed = { ...neighbour, runtime: { ...neighbour.runtime, env: { LEVEL: 'two' } } };
    await inSync('globex', host.tenant('globex', changed));
    const failed = await tenantWhen(host, 'initech', 'has failed', ({ phase }) => phase === 'Failed');
    expect(failed.reason).toMatch(/cannot create container .* did not answer within 4 s/);
    engine.hangs = () => false;
    await tenantWhen(host, 'initech', 'is in sync', ({ phase }) => phase === 'InSync');
  });

  test('a hanging stop keeps nobody waiting either, and is told', async () => {
    const { id } = await host.identity('acme');
    engine.hangs = (call) => call.includes(`POST /containers/${id}/stop`);
    const next = webTenant(image);
    const changed = { ...next, runtime: { ...next.runtime, env: { LEVEL: 'two' } } };
    host.tenant('acme', changed);
    await until('the call hangs', async () => engine.hung[0] ?? null);
    await inSync('globex', host.tenant('globex', changed));
    const failed = await tenantWhen(host, 'acme', 'has failed', ({ phase }) => phase === 'Failed');
    expect(failed.reason).toMatch(/cannot stop container .* did not answer within/);
    expect((await host.identity('acme')).id, 'it serves on').toBe(id);
    engine.hangs = () => false;
    await tenantWhen(host, 'acme', 'is in sync', ({ phase }) => phase === 'InSync');
  });

  test('a container that cannot be shown: it is left alone and told, and the others go on', async () => {
    const before = await host.identity('acme');
    engine.hangs = (call) => call.includes(`GET /containers/${before.id}/json`);
    const next = webTenant(image);
    const changed = { ...next, runtime: { ...next.runtime, env: { LEVEL: 'two' } } };
    host.tenant('acme', changed);
    const revision = host.tenant('globex', changed);
    await inSync('globex', revision);
    const failed = await tenantWhen(host, 'acme', 'cannot be seen', ({ phase }) => phase === 'Failed');
    expect(failed.reason).toMatch(/cannot inspect container .* did not answer within 1.5 s\. It is left/);
    expect(await host.identity('acme')).toEqual(before);
    await inSync('globex', host.tenant('globex', webTenant(image)));
    const { trouble } = await nodeWhen(host, 'the node is well', ({ at }) => at > 0);
    expect(trouble).toBeNull();
    engine.hangs = () => false;
    await tenantWhen(host, 'acme', 'is in sync', ({ phase }) => phase === 'InSync');
    expect((await host.identity('acme')).id).not.toBe(before.id);
  });

  test('lists that never come: nothing is changed, the status says so and since when, until they come again', async () => {
    const before = [await host.identity('acme'), await host.identity('globex')];
    engine.hangs = (call) => call.startsWith('GET /containers/json');
    const stuck = await nodeWhen(host, 'passes are said to fail', ({ trouble }) => trouble !== null);
    expect(stuck.trouble?.message).toMatch(/^cannot list containers: .* did not answer within 1.5 s$/);
    expect(stuck.tenants.map(({ phase }) => phase)).toEqual(['InSync', 'InSync']);
    const later = await nodeWhen(host, 'it is said again', ({ at }) => at > stuck.at);
    expect(later.trouble?.since).toBe(stuck.trouble?.since);
    engine.hangs = () => false;
    const well = await nodeWhen(
      host,
      'passes succeed',
      ({ trouble, at }) => trouble === null && at > later.at,
    );
    expect(well.tenants.map(({ phase }) => phase)).toEqual(['InSync', 'InSync']);
    expect([await host.identity('acme'), await host.identity('globex')]).toEqual(before);
  });
});
