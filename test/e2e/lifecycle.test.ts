import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containerName } from '../../renderers/names.ts';
import { containerBody } from '../support/docker-bodies.ts';
import { health, runtimeImage, statusOf, TestHost, yaml } from '../support/host.ts';

let v1: string;
let v2: string;
let bad: string;
let host: TestHost;

beforeAll(async () => {
  v1 = await runtimeImage('v1');
  v2 = await runtimeImage('v2');
  bad = await runtimeImage('bad', true);
  host = await TestHost.make();
}, 300_000);
afterAll(() => host.remove(), 60_000);

const volumes = [
  { name: 'session', mountPath: '/data/session' },
  { name: 'state', mountPath: '/data/state' },
];
const stopFirst = { health, volumes, update: { strategy: 'stop-first', drain: '3s' } };
const startFirst = { health, update: { strategy: 'start-first', drain: '1s' } };
const greeting = (text: string) => ({ 'prompts/greeting.yaml': yaml('Prompt', 'greeting', { text }) });

/** Every test leaves this neighbour as it is. */
let neighbour: { id: string; startedAt: string };

describe('the life of a tenant on a real engine', { timeout: 120_000 }, () => {
  test('create: the container runs as the allow-list says, with its files, and is healthy', async () => {
    host.tenant('neighbour', { image: v1, runtime: startFirst });
    host.tenant('acme', { image: v1, runtime: stopFirst, config: { timezone: 'UTC' } }, greeting('Hello.'));
    const result = await host.once();
    expect(result.status.tenants.map(({ phase, reason }) => ({ phase, reason }))).toEqual([
      { phase: 'InSync', reason: '' },
      { phase: 'InSync', reason: '' },
    ]);
    expect(await host.ask('acme', '/api/health')).toMatchObject({
      status: 'ok',
      version: 'v1',
      tenant: host.name('acme'),
    });
    expect(JSON.stringify(await host.ask('acme', '/api/prompts'))).toContain('Hello.');
    expect((await host.inspect('acme'))?.HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Privileged: false,
      PidsLimit: 256,
    });
    neighbour = await host.identity('neighbour');
  });

  test('INV-3: a converged node needs no changing call', async () => {
    const before = await host.identity('acme');
    expect((await host.once()).mutations).toBe(0);
    expect(await host.identity('acme')).toEqual(before);
  });

  test('a prompt is swapped in place: the runtime serves the new one, id and run stay', async () => {
    const before = await host.identity('acme');
    host.tenant(
      'acme',
      { image: v1, runtime: stopFirst, config: { timezone: 'UTC' } },
      greeting('Good morning.'),
    );
    await host.once();
    await expect
      .poll(async () => JSON.stringify(await host.ask('acme', '/api/prompts')))
      .toContain('Good morning.');
    expect(await host.identity('acme')).toEqual(before);
  });

  test('limits are updated in place', async () => {
    const before = await host.identity('acme');
    const resources = { memory: '192Mi', cpus: 0.25, pids: 128 };
    host.tenant('acme', { image: v1, runtime: { ...stopFirst, resources } }, greeting('Good morning.'));
    expect(statusOf(await host.once(), host.name('acme')).phase).toBe('InSync');
    const inspect = await host.inspect('acme');
    expect(inspect?.HostConfig).toMatchObject({
      Memory: 201_326_592,
      MemorySwap: 201_326_592,
      NanoCpus: 250_000_000,
      PidsLimit: 128,
    });
    expect(await host.identity('acme')).toEqual(before);
  });

  test('image change, stop-first: a new container over the same volumes, and no trace of the old one', async () => {
    await host.ask('acme', '/api/state');
    host.tenant('acme', { image: v2, runtime: stopFirst }, greeting('Good morning.'));
    const result = await host.once();
    expect(statusOf(result, host.name('acme'))).toMatchObject({ phase: 'InSync', image: v2 });
    expect(await host.ask('acme', '/api/health')).toMatchObject({ version: 'v2' });
    expect(await host.ask('acme', '/api/state')).toMatchObject({ boots: 2 });
    const names = (await host.docker.listContainers()).flatMap(({ Names }) => Names);
    expect(names.filter((name) => name.includes(host.name('acme')))).toEqual([`/${host.container('acme')}`]);
  });

  test('image change, start-first: a healthy container serves at every moment', async () => {
    host.tenant('globex', { image: v1, runtime: startFirst });
    await host.once();
    const old = await host.identity('globex');
    host.tenant('globex', { image: v2, runtime: startFirst });
    let gone = false;
    const healthyAtAllTimes = (async () => {
      while (!gone) {
        const serving = (await host.docker.listContainers()).filter(
          ({ Names, State }) =>
            Names.some((name) => name.includes(host.name('globex'))) && State === 'running',
        );
        expect(serving.length).toBeGreaterThan(0);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    const result = await host.once();
    gone = true;
    await healthyAtAllTimes;
    expect(statusOf(result, host.name('globex'))).toMatchObject({ phase: 'InSync', image: v2 });
    expect((await host.identity('globex')).id).not.toBe(old.id);
  });

  test.each(['acme', 'globex'])(
    'an unhealthy image of %s returns to the old container and is quarantined',
    async (tenant) => {
      const before = await host.inspect(tenant);
      const runtime = tenant === 'acme' ? stopFirst : startFirst;
      host.tenant(tenant, { image: bad, runtime }, tenant === 'acme' ? greeting('Good morning.') : {});
      const status = statusOf(await host.once(), host.name(tenant));
      expect(status).toMatchObject({ phase: 'Degraded', image: v2, state: 'running' });
      expect(status.reason).toContain('failed 3 health checks in a row, the last with: HTTP 503');
      expect((await host.inspect(tenant))?.Id).toBe(before?.Id);
      expect((await host.once()).mutations).toBe(0);
      host.tenant(tenant, { image: v2, runtime }, tenant === 'acme' ? greeting('Good morning.') : {});
      const back = await host.once();
      expect(statusOf(back, host.name(tenant))).toMatchObject({ phase: 'InSync', quarantine: null });
      expect(back.mutations).toBe(0);
    },
  );

  test('stop and start: the container stays, stopped, until Git says running', async () => {
    const { id } = await host.identity('acme');
    host.tenant(
      'acme',
      { image: v2, runtime: { ...stopFirst, state: 'stopped' } },
      greeting('Good morning.'),
    );
    expect(statusOf(await host.once(), host.name('acme'))).toMatchObject({
      phase: 'InSync',
      state: 'stopped',
    });
    expect((await host.once()).mutations).toBe(0);
    host.tenant('acme', { image: v2, runtime: stopFirst }, greeting('Good morning.'));
    expect(statusOf(await host.once(), host.name('acme'))).toMatchObject({
      phase: 'InSync',
      state: 'running',
    });
    expect((await host.identity('acme')).id).toBe(id);
  });

  test('a restart token restarts once', async () => {
    const before = await host.identity('acme');
    host.tenant(
      'acme',
      { image: v2, runtime: { ...stopFirst, restart: 'token-1' } },
      greeting('Good morning.'),
    );
    await host.once();
    const after = await host.identity('acme');
    expect(after.startedAt).not.toBe(before.startedAt);
    expect((await host.once()).mutations).toBe(0);
    expect(await host.identity('acme')).toEqual(after);
  });

  test('suspend: commits and drift wait until it is over', async () => {
    const suspend = { until: '2099-01-01T00:00Z', reason: 'migration', owner: 'ops@example.com' };
    host.tenant('globex', { image: v1, runtime: startFirst, suspend });
    const result = await host.once();
    expect(result.mutations).toBe(0);
    expect(statusOf(result, host.name('globex'))).toMatchObject({ phase: 'Suspended', image: v2 });
    const over = { ...suspend, until: '2020-01-01T00:00Z' };
    host.tenant('globex', { image: v1, runtime: startFirst, suspend: over });
    expect(statusOf(await host.once(), host.name('globex'))).toMatchObject({ phase: 'InSync', image: v1 });
  });

  test('rename: the new tenant comes, the old one goes, its volumes are retained', async () => {
    host.repository.git('mv', `tenants/${host.name('acme')}`, `tenants/${host.name('zenith')}`);
    host.tenant('zenith', { image: v2, runtime: stopFirst }, greeting('Good morning.'));
    const result = await host.once();
    expect(await host.inspect('acme')).toBeNull();
    expect(statusOf(result, host.name('zenith')).phase).toBe('InSync');
    expect(result.status.retained.map(({ volume }) => volume)).toEqual([
      `tenant_${host.name('acme')}_session`,
      `tenant_${host.name('acme')}_state`,
    ]);
  });

  test('remove: containers and files go, volumes stay', async () => {
    host.removeTenants('zenith');
    const result = await host.once();
    expect(await host.inspect('zenith')).toBeNull();
    const volumesLeft = (await host.docker.listVolumes()).map(({ Name }) => Name);
    expect(volumesLeft).toContain(`tenant_${host.name('zenith')}_state`);
    expect(result.status.retained).toHaveLength(4);
  });

  test('INV-9: a mass removal is held, and carried out when Git approves it', async () => {
    host.tenant('third', { image: v1, runtime: startFirst });
    await host.once();
    const revision = host.removeTenants('globex', 'third');
    const held = await host.once();
    expect(held.mutations).toBe(0);
    expect(held.status.holds).toMatchObject([
      { kind: 'mass-removal', tenants: [host.name('globex'), host.name('third')] },
    ]);
    const remove = [host.name('globex'), host.name('third')];
    const approval = { node: host.node, revision, remove, by: 'ops@example.com', reason: 'contract ended' };
    host.commit({ 'tenantry.yaml': yaml('Platform', host.platform, { approvals: [approval] }) });
    await host.once();
    expect(await host.inspect('globex')).toBeNull();
    expect(await host.inspect('third')).toBeNull();
  });

  test("a stranger's container of the same name is a conflict and is left alone", async () => {
    const name = containerName.runtime(host.name('taken'));
    const { id } = await host.docker.createContainer(name, containerBody(v1));
    host.tenant('taken', { image: v1, runtime: startFirst });
    const status = statusOf(await host.once(), host.name('taken'));
    expect(status).toMatchObject({ phase: 'Failed', reason: expect.stringContaining(name) });
    expect((await host.docker.inspectContainer(id)).State.Status).toBe('created');
  });

  test('INV-4: the neighbour kept its container and its run through all of it', async () => {
    expect(await host.identity('neighbour')).toEqual(neighbour);
  });
});
