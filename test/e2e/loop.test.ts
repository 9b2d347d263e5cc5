import { basename, dirname } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildRuntimeImage } from '../../deploy/images/build.ts';
import type { ContainerInspect } from '../../reconciler/engine-api.ts';
import { startReconciler } from '../../reconciler/start.ts';
import { engineHost } from '../support/engine.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { health, runtimeImage, TestHost, yaml } from '../support/host.ts';
import { containerWhen, nodeWhen, tenantWhen } from '../support/watched.ts';

/** So far away that neither comes in these tests: what is followed is told by hints. */
const never = { tickMs: 3_600_000, pollMs: 3_600_000 };
const runtime = { health, update: { strategy: 'start-first', drain: '1s' } };
const greeting = (text: string) => ({ 'prompts/greeting.yaml': yaml('Prompt', 'greeting', { text }) });
const kill = (container: string) => execa('docker', ['--host', engineHost(), 'kill', container]);

/** Ends the runtime as a crash does: behind Docker's back. Answers what was seen of it before. */
async function crashed(host: TestHost, tenant: string): Promise<ContainerInspect> {
  const inspect = await host.inspect(tenant);
  if (inspect === null || !inspect.State.Running) throw new Error(`${tenant} does not run`);
  process.kill(inspect.State.Pid, 'SIGKILL');
  return inspect;
}

let v1: string;
let v2: string;
beforeAll(async () => {
  v1 = await runtimeImage('v1');
  v2 = await runtimeImage('v2');
}, 300_000);

describe('a running reconciler and a repository on the same machine', { timeout: 60_000 }, () => {
  let host: TestHost;
  let running: { stop(): Promise<void> };
  /** Every test leaves this neighbour as it is. */
  let neighbour: { id: string; startedAt: string };

  /** A revision with the neighbour and acme alone. */
  let past: string;

  const inSyncAt = (tenant: string, revision: string) =>
    tenantWhen(
      host,
      tenant,
      `is in sync at ${revision}`,
      (status) => status.phase === 'InSync' && status.revision === revision,
    );

  beforeAll(async () => {
    host = await TestHost.make();
    host.tenant('neighbour', { image: v1, runtime: { health } });
    await host.once();
    neighbour = await host.identity('neighbour');
    running = await host.run(never);
  }, 60_000);
  afterAll(async () => {
    await running.stop();
    await host.remove();
  }, 60_000);

  test('a commit with a new tenant is followed at once', async () => {
    past = host.tenant('acme', { image: v1, runtime }, greeting('Hello.'));
    await inSyncAt('acme', past);
    expect(await host.ask('acme', '/api/health')).toMatchObject({ status: 'ok', version: 'v1' });
  });

  test('a commit with a new prompt is followed at once, in place', async () => {
    const before = await host.identity('acme');
    const revision = host.tenant('acme', { image: v1, runtime }, greeting('Good morning.'));
    await inSyncAt('acme', revision);
    await expect
      .poll(async () => JSON.stringify(await host.ask('acme', '/api/prompts')))
      .toContain('Good morning.');
    expect(await host.identity('acme')).toEqual(before);
  });

  test('a runtime that crashes after its reload is begun again by the engine itself', async () => {
    const before = await host.identity('acme');
    await crashed(host, 'acme');
    // A signal that the engine is asked to send counts as a stop: then its policy begins nothing again.
    await containerWhen(
      host,
      'acme',
      'is restarted by Docker',
      (it) => it.State.Running && it.RestartCount === 1,
    );
    expect((await host.identity('acme')).id).toBe(before.id);
    await inSyncAt('acme', host.repository.revision());
  });

  test('a commit with a new image is followed at once', async () => {
    await inSyncAt('acme', host.tenant('acme', { image: v2, runtime }, greeting('Good morning.')));
    expect(await host.ask('acme', '/api/health')).toMatchObject({ version: 'v2' });
  });

  test("INV-8: a broken tenant file holds that tenant, another tenant's commit goes through", async () => {
    const before = await host.identity('acme');
    const path = `tenants/${host.name('acme')}/tenant.yaml`;
    host.commit({
      [path]: yaml('Tenant', host.name('acme'), { owner: 'ops@example.com', node: host.node, imag: v1 }),
    });
    const revision = host.tenant('globex', { image: v1, runtime });
    await inSyncAt('globex', revision);
    const acme = await tenantWhen(host, 'acme', 'is held', ({ phase }) => phase === 'Held');
    expect(acme.reason).toMatch(new RegExp(`^${path}:\\d+:\\d+: .*imag.*; kept at [0-9a-f]{12}$`));
    const node = await nodeWhen(host, 'the problem is shown', ({ source }) => source.state === 'invalid');
    expect(node.problems).toContainEqual(
      expect.objectContaining({
        path,
        line: expect.any(Number),
        column: expect.any(Number),
        severity: 'error',
      }),
    );
    expect(node).toMatchObject({ revision, baseRevision: revision });
    expect(await host.identity('acme')).toEqual(before);
    await inSyncAt('acme', host.tenant('acme', { image: v2, runtime }, greeting('Good morning.')));
    expect(await host.identity('acme')).toEqual(before);
  });

  test('INV-8: a broken shared file holds the whole revision', async () => {
    const before = [await host.identity('acme'), await host.identity('globex')];
    const good = host.repository.revision();
    host.commit({ 'tenantry.yaml': yaml('Platform', host.platform, { guard: {} }) });
    const revision = host.tenant('globex', { image: v2, runtime });
    const node = await nodeWhen(host, 'sees the newest revision', (status) => status.revision === revision);
    expect(node.baseRevision).toBe(good);
    expect(node.source.state).toBe('invalid');
    expect(node.problems).toContainEqual(
      expect.objectContaining({ path: 'tenantry.yaml', severity: 'error' }),
    );
    // A killed container is healed meanwhile, as the held revision wants it.
    await kill(host.container('acme'));
    await containerWhen(
      host,
      'acme',
      'runs again',
      ({ State }) => State.Running && State.StartedAt !== before[0]?.startedAt,
    );
    expect((await host.identity('acme')).id).toBe(before[0]?.id);
    expect(await host.identity('globex')).toEqual(before[1]);
    await inSyncAt('globex', host.commit({ 'tenantry.yaml': yaml('Platform', host.platform, {}) }));
    expect(await host.ask('globex', '/api/health')).toMatchObject({ version: 'v2' });
  });

  test('INV-12: a runtime that ends at once is shown as degraded and leaves the others alone', async () => {
    // The runtime ends with code 1 when a setting is not what it should be.
    const { ref } = await buildRuntimeImage({ version: 'crash', env: { PORT: 'nonsense' } });
    host.tenant('crashing', { image: ref, runtime: { update: runtime.update } });
    const status = await tenantWhen(host, 'crashing', 'is degraded', ({ phase }) => phase === 'Degraded');
    expect(status.reason).toMatch(/^the runtime keeps exiting with code 1 \(\d+ restarts\)$/);
    const revision = host.tenant('globex', { image: v1, runtime });
    await inSyncAt('globex', revision);
    host.removeTenants('crashing');
    await expect.poll(() => host.inspect('crashing')).toBeNull();
  });

  test('INV-16: a second reconciler of the same node and engine is refused and told whose the lock is', async () => {
    await expect(startReconciler(host.options(), 'reconcile')).rejects.toMatchObject({
      code: 'lock/held',
      message: expect.stringContaining(`process ${process.pid} since `),
    });
  });

  test('INV-7: a rewritten branch is held without a changing call until a person accepts its head', async () => {
    const before = [await host.identity('acme'), await host.identity('globex')];
    const accepted = host.repository.revision();
    const head = anotherPast(past);
    const node = await nodeWhen(host, 'sees another past', ({ source }) => source.state === 'rewritten');
    expect(node.revision).toBe(accepted);
    expect(node.source.detail).toContain(`--accept-history ${head}`);
    await running.stop();
    try {
      const held = await host.once();
      expect(held.mutations).toBe(0);
      expect(held.status.source.state).toBe('rewritten');
      expect([await host.identity('acme'), await host.identity('globex')]).toEqual(before);
      const other = await host.once({ acceptHistory: accepted });
      expect([other.mutations, other.status.source.state]).toEqual([0, 'rewritten']);
      const followed = await host.once({ acceptHistory: head });
      expect(followed.status).toMatchObject({ revision: head, source: { state: 'ok' } });
      expect(followed.mutations).toBeGreaterThan(0);
      expect((await host.once()).status).toMatchObject({ revision: head, source: { state: 'ok' } });
    } finally {
      running = await host.run(never);
    }
  });

  test('INV-7: an accepted head of which no revision was ever valid changes nothing and is said to be invalid', async () => {
    const broken = host.commit({ 'tenantry.yaml': yaml('Platform', host.platform, { guard: {} }) });
    const head = anotherPast(broken);
    await running.stop();
    try {
      const result = await host.once({ acceptHistory: head });
      expect([result.mutations, result.status.source.state]).toEqual([0, 'invalid']);
      expect(result.status.source.detail).toContain('no revision before it can stand in');
    } finally {
      running = await host.run(never);
    }
  });

  test('INV-4: the neighbour kept its container and its run through all of it', async () => {
    expect(await host.identity('neighbour')).toEqual(neighbour);
  });

  /** Moves the branch in one write, as a force-push does, to a commit without parents; answers it. */
  function anotherPast(revision: string): string {
    const tree = host.repository.git('rev-parse', `${revision}^{tree}`);
    const head = host.repository.git('commit-tree', tree, '-m', 'another past');
    host.repository.git('reset', '--quiet', '--hard', head);
    return head;
  }
});

describe('INV-6: a Git server that goes away', { timeout: 60_000 }, () => {
  let host: TestHost;
  let server: GitServer;
  let running: { stop(): Promise<void> };
  let bare: string;

  beforeAll(async () => {
    host = await TestHost.make();
    host.tenant('acme', { image: v1, runtime });
    bare = host.repository.bare();
    server = await startGitServer(dirname(bare), { token: 'the-token' });
    running = await host.run({
      repo: `${server.url}/${basename(bare)}`,
      token: 'the-token',
      tickMs: 3_600_000,
      pollMs: 300,
    });
    await tenantWhen(host, 'acme', 'is in sync', ({ phase }) => phase === 'InSync');
  }, 60_000);
  afterAll(async () => {
    await running.stop();
    await server.close();
    await host.remove();
  }, 60_000);

  test.each([
    ['answers with 503', { faults: { status: 503 }, token: 'the-token' }],
    ['does not take the token any more', { faults: {}, token: 'another' }],
  ])('while it %s, what was good is enforced and what is killed is repaired', async (_what, trouble) => {
    const before = await host.identity('acme');
    Object.assign(server, trouble);
    const away = await nodeWhen(host, 'says so', ({ source }) => source.state === 'unreachable');
    expect(away.source.detail).not.toContain('the-token');
    await kill(host.container('acme'));
    const after = await containerWhen(
      host,
      'acme',
      'runs again',
      ({ State }) => State.Running && State.StartedAt !== before.startedAt,
    );
    expect(after.Id).toBe(before.id);
    await tenantWhen(host, 'acme', 'is in sync', ({ phase }) => phase === 'InSync');
    Object.assign(server, { faults: {}, token: 'the-token' });
    await nodeWhen(host, 'says that all is well', ({ source }) => source.state === 'ok');
  });

  test('a commit that came while it was away is followed when it is back', async () => {
    server.faults = { status: 503 };
    const revision = host.tenant('acme', { image: v2, runtime });
    host.repository.git('push', '--quiet', bare, 'main');
    await nodeWhen(host, 'says so', ({ source }) => source.state === 'unreachable');
    server.faults = {};
    await tenantWhen(
      host,
      'acme',
      'is in sync at the new revision',
      (status) => status.phase === 'InSync' && status.revision === revision,
    );
    expect(await host.ask('acme', '/api/health')).toMatchObject({ version: 'v2' });
  });
});
