import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProblemJson } from '../../../web/api/models/common.ts';
import type { Accepted, CommitFiles, HistoryPage, Preview } from '../../../web/api/models/edit.ts';
import type { FileView, TenantDetail, TenantPage } from '../../../web/api/models/tenant.ts';
import { takeEntries } from '../../../web/link/take-entries.ts';
import { wireStatus } from '../../support/fleet-double.ts';
import { type ApiWorld, apiWorld, ask } from '../../support/web-api.ts';
import { ada } from '../../support/web-desk.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
  const mine = new Set(['acme']);
  const owner = { ...ada, id: 'owner', role: 'tenant-owner' as const, tenants: mine, owns: mine };
  world.callers.set('owner', { ...owner, person: { name: 'Olga', email: 'ops@acme.example' } });
  world.callers.set('viewer', { ...ada, id: 'viewer', role: 'viewer' });
}, 240_000);
afterAll(async () => world.close());

test('a prompt is read, edited with a plan, committed, and followed until its node has it', async () => {
  const { body: list } = await ask<{ base: string; items: FileView[] }>(
    world,
    'GET',
    '/tenants/acme/prompts',
  );
  const [prompt] = list.items.filter(({ shared }) => !shared);
  if (prompt === undefined) throw new Error('the starter has no prompt');
  expect(prompt.editable).toEqual(['']);
  const text = prompt.text.replace(/text:[\s\S]*$/, 'text: Something new.\n');
  const path = `/tenants/acme/prompts/${prompt.name}`;
  const seen = await ask<Preview>(world, 'PUT', `${path}?dry-run=true`, { base: list.base, text });
  expect(seen.status).toBe(200);
  expect(seen.body.plan?.tenants.map(({ tenant }) => tenant)).toEqual(['acme']);
  const made = await ask<Accepted>(world, 'PUT', path, { base: list.base, text });
  expect(made.status).toBe(202);
  const commit = made.body.commit ?? '';
  await world.tracker.settled();
  const before = await ask<HistoryPage['items'][number]>(world, 'GET', `/commits/${commit}`);
  expect(before.body).toMatchObject({
    edit: 'write',
    affected: 1,
    converged: 0,
    tenants: [{ tenant: 'acme', state: 'waiting' }],
    plan: { affected: 1 },
  });
  world.fleet.tellNode('worker-1', commit);
  world.fleet.tell('worker-1', wireStatus('acme', { revision: commit }));
  const steps = ['swap the files of acme'];
  const result = {
    tenant: 'acme',
    revision: commit,
    outcome: 'done',
    steps,
    error: null,
    at: 5,
    ms: 3,
  } as const;
  // The link writes before it tells.
  const entry = { seq: 1, from: 1, at: 5, entry: { kind: 'outcome', result } } as const;
  const position = { node: 'worker-1', outbox: 'g1-x', accepted: 0 };
  await world.database.transaction((inside) => takeEntries(inside, position, [entry], 5));
  world.fleet.tellOutcome('worker-1', result);
  await world.tracker.settled();
  const after = await ask<HistoryPage['items'][number]>(world, 'GET', `/commits/${commit}`);
  expect(after.body).toMatchObject({
    converged: 1,
    nodes: [{ node: 'worker-1', state: 'converged' }],
    tenants: [{ tenant: 'acme', state: 'converged' }],
    outcomes: [{ outcome: 'done', steps: ['swap the files of acme'] }],
  });
  const ran = await ask<HistoryPage>(world, 'GET', `/tenants/acme/history?at=${Date.now()}`);
  expect(ran.body.ran).toMatchObject({ commit, containerId: 'c-acme', phase: 'InSync' });
  const never = await ask<HistoryPage>(world, 'GET', '/tenants/acme/history?at=2000-01-01T00:00Z');
  expect(never.body.ran).toBeNull();
});

test('an edit of an older revision is answered 409 with all texts', async () => {
  const { body } = await ask<FileView>(world, 'GET', '/tenants/globex/config');
  const to = (owner: string) => body.text.replace(/owner: .*/, `owner: ${owner}`);
  const put = (owner: string) =>
    ask<Record<string, unknown>>(world, 'PUT', '/tenants/globex/config', {
      base: body.base,
      text: to(owner),
    });
  expect((await put('one@example.com')).status).toBe(202);
  const second = await put('two@example.com');
  expect(second.status).toBe(409);
  expect(second.body).toMatchObject({
    code: 'edit/conflict',
    conflict: {
      revision: world.head(),
      files: [{ base: body.text, ours: to('two@example.com'), theirs: to('one@example.com') }],
    },
  });
});

test('what would overwrite somebody is refused without the revision that it was made from', async () => {
  const head = world.head();
  const text = world.text('tenants/acme/tenant.yaml');
  const requests: [string, string, object][] = [
    ['PUT', '/tenants/acme/config', { text }],
    ['PATCH', '/tenants/acme/config', { set: { '/spec/drift': 'report' } }],
    ['PUT', '/tenants/acme/prompts/greeting', { text }],
    ['DELETE', '/tenants/acme/prompts/greeting', {}],
    ['PUT', '/library/prompts/house-style', { text }],
    ['DELETE', '/library/prompts/house-style', {}],
    ['PUT', '/sites/old', { text }],
    ['DELETE', '/tenants/acme', {}],
    ['POST', '/tenants/acme/rollback', { to: head }],
  ];
  for (const [method, path, body] of requests)
    for (const query of ['', '?dry-run=true', '?propose=true']) {
      const answer = await ask<ProblemJson>(world, method, path + query, body);
      expect([method, path + query, answer.status]).toEqual([method, path + query, 400]);
      expect(answer.body.detail).toContain('base');
    }
  expect(world.head()).toBe(head);
});

test('an owner sees and edits his own tenant alone, and of its file what the table gives him', async () => {
  const list = await ask<TenantPage>(world, 'GET', '/tenants', undefined, 'owner');
  expect(list.body.items.map(({ name }) => name)).toEqual(['acme']);
  expect(list.body).toMatchObject({ total: 1, counts: { InSync: 1 } });
  const get = async (path: string) => (await ask(world, 'GET', path, undefined, 'owner')).status;
  expect(await get('/tenants/globex/config')).toBe(404);
  expect(await get('/files?path=tenants/globex/tenant.yaml')).toBe(404);
  expect(await get('/files?path=tenantry.yaml')).toBe(404);
  expect(await get('/history?tenant=globex')).toBe(404);
  const plan = await ask(
    world,
    'POST',
    '/plan',
    { files: [{ path: 'tenants/globex/tenant.yaml', after: null }] },
    'owner',
  );
  expect(plan.status).toBe(404);
  const { body: past } = await ask<HistoryPage>(world, 'GET', '/history', undefined, 'owner');
  expect(past.items.length).toBeGreaterThan(0);
  expect(past.items.flatMap(({ tenants }) => tenants).filter(({ tenant }) => tenant !== 'acme')).toEqual([]);

  const refused = await ask(
    world,
    'PATCH',
    '/tenants/acme/config',
    { base: world.head(), set: { '/spec/plan': 'free' } },
    'owner',
  );
  expect(refused).toMatchObject({ status: 403, body: { code: 'access/forbidden' } });
  const stopped = await ask<Accepted>(world, 'POST', '/tenants/acme/runtime/stop', undefined, 'owner');
  expect(stopped.status).toBe(202);
  const detail = await ask<TenantDetail>(world, 'GET', '/tenants/acme/status', undefined, 'owner');
  expect(detail.body).toMatchObject({ lastCommit: { oid: stopped.body.commit, author: { name: 'Olga' } } });
  expect(detail.body.may).toContain('runtime');
});

test('drift is told with where Git could say it, and is accepted into Git', async () => {
  const resource = { kind: 'container', name: 'tenant_acme_runtime' };
  const fields = [{ path: 'memoryBytes', desired: 402_653_184, actual: 536_870_912 }];
  const changes = [{ resource, kind: 'update' as const, fields, cause: 'drift' as const }];
  world.fleet.tell('worker-1', wireStatus('acme', { phase: 'Drifted', changes }));
  const drift = await ask(world, 'GET', '/tenants/acme/drift');
  expect(drift.body).toMatchObject({
    changes: [{ acceptable: [{ path: 'memoryBytes', pointer: '/spec/runtime/resources/memory' }] }],
  });
  const accepted = await ask<Accepted>(world, 'POST', '/tenants/acme/drift/accept', {
    fields: [{ resource, path: 'memoryBytes' }],
  });
  expect(accepted.status).toBe(202);
  expect(world.text('tenants/acme/tenant.yaml')).toContain('resources: {memory: 512Mi, cpus: 0.5}');
  const accept = (field: object) =>
    ask(world, 'POST', '/tenants/acme/drift/accept?dry-run=true', { fields: [{ resource, ...field }] });
  expect(await accept({ path: 'memoryBytes', actual: 536_870_912 })).toMatchObject({ status: 200 });
  expect(await accept({ path: 'memoryBytes', actual: 1 })).toMatchObject({
    status: 409,
    body: { code: 'drift/moved' },
  });
  expect(await accept({ path: 'memoryBytes', actual: null })).toMatchObject({ status: 409 });
  const gone = await ask(world, 'POST', '/tenants/acme/drift/accept', {
    fields: [{ resource, path: 'pids' }],
  });
  expect(gone).toMatchObject({ status: 409, body: { code: 'drift/gone' } });
});

test('a tenant is set up, paired, rolled back and removed, each by a commit', async () => {
  const tenant = { name: 'fresh', owner: 'a@example.com', node: 'worker-1', channel: 'production' };
  const set = await ask<Accepted>(world, 'POST', '/tenants/setup', tenant);
  expect(set.status).toBe(202);
  expect((await ask(world, 'POST', '/tenants/fresh/whatsapp/pair/start')).status).toBe(202);
  expect(world.text('tenants/fresh/tenant.yaml')).toContain('pairing:');
  const back = await ask(world, 'POST', '/tenants/fresh/rollback', {
    base: world.head(),
    to: set.body.commit,
  });
  expect(back.status).toBe(202);
  expect(world.text('tenants/fresh/tenant.yaml')).not.toContain('pairing:');
  const leaving = await ask<Preview>(world, 'DELETE', '/tenants/fresh?dry-run=true', {
    base: world.head(),
  });
  expect(leaving.body.plan).toMatchObject({ affected: 1, untouched: 3 });
  expect((await ask(world, 'DELETE', '/tenants/fresh', { base: world.head() })).status).toBe(202);
  expect((await ask(world, 'GET', '/tenants/fresh/status')).status).toBe(404);
  await world.tracker.settled();
  const past = await ask<HistoryPage>(world, 'GET', '/tenants/fresh/history');
  expect(past.body.items.map(({ edit }) => edit)).toEqual(['remove', 'rollback', 'pair', 'add']);
});

test('channels, the overview and the schemas answer as they say', async () => {
  const image = 'registry.example.com/runtime:v9.9.9';
  const pinned = await ask<Accepted>(world, 'POST', '/channels/staging/pin', { images: { runtime: image } });
  expect(pinned.status).toBe(202);
  const { body } = await ask<{ items: { name: string; images: Record<string, string> }[] }>(
    world,
    'GET',
    '/channels',
  );
  expect(body.items.find(({ name }) => name === 'staging')?.images).toEqual({ runtime: image });
  const overview = await ask(world, 'GET', '/overview');
  expect(overview).toMatchObject({
    status: 200,
    body: { platform: 'test', revision: world.head(), tenants: 3 },
  });
  expect((await ask(world, 'GET', '/schemas/Tenant')).body).toMatchObject({ title: 'Tenant' });
  expect((await ask(world, 'GET', '/schemas/Nothing')).status).toBe(400);
});

test('a commit is told with what it changed, cut to what may be seen, and secrets without text', async () => {
  const files = await ask<CommitFiles>(world, 'GET', `/commits/${world.head()}/files`);
  expect(files.status).toBe(200);
  const before = world.text('tenants/acme/prompts/greeting.yaml');
  const commit = world.meanwhile({
    'tenants/acme/prompts/greeting.yaml': before.replace(/text:[\s\S]*$/, 'text: Hello.\n'),
    'tenants/acme/secrets.yaml': 'spec: {values: {KEY: ciphertext}}\n',
    'tenants/globex/tenant.yaml': `${world.text('tenants/globex/tenant.yaml')}# theirs\n`,
    'notes/long.md': `${'x'.repeat(70_000)}\n`,
    'tenantry.yaml': `${world.text('tenantry.yaml')}# ours\n`,
  });
  await world.branch.refresh();
  await world.tracker.settled();
  const all = await ask<CommitFiles>(world, 'GET', `/commits/${commit}/files`);
  expect(all.body.total).toBe(5);
  expect(all.body.items.map(({ path, kind, without }) => [path, kind, without])).toEqual([
    ['notes/long.md', 'added', 'too-long'],
    ['tenantry.yaml', 'changed', null],
    ['tenants/acme/prompts/greeting.yaml', 'changed', null],
    ['tenants/acme/secrets.yaml', 'added', 'secret'],
    ['tenants/globex/tenant.yaml', 'changed', null],
  ]);
  expect(all.body.items[2]).toMatchObject({ before, after: expect.stringContaining('text: Hello.') });
  expect(JSON.stringify(all.body)).not.toContain('ciphertext');
  const mine = await ask<CommitFiles>(world, 'GET', `/commits/${commit}/files`, undefined, 'owner');
  expect(mine.body.total).toBe(2);
  expect(mine.body.items.map(({ path }) => path)).toEqual([
    'tenants/acme/prompts/greeting.yaml',
    'tenants/acme/secrets.yaml',
  ]);
  const theirs = world.meanwhile({
    'tenants/globex/tenant.yaml': `${world.text('tenants/globex/tenant.yaml')}# again\n`,
  });
  await world.branch.refresh();
  await world.tracker.settled();
  const get = (oid: string, who: string) => ask(world, 'GET', `/commits/${oid}/files`, undefined, who);
  expect((await get(theirs, 'viewer')).status).toBe(200);
  expect((await get(theirs, 'owner')).status).toBe(404);
  expect((await get('0'.repeat(40), 'viewer')).status).toBe(404);
});

test("a tenant's history says which commits have another state of its files, and any revision can be gone back to by a few characters", async () => {
  const oid = world.head();
  const image = 'registry.example.com/runtime:v8.8.8';
  const pinned = await ask<Accepted>(world, 'POST', '/channels/production/pin', {
    images: { runtime: image },
  });
  expect(pinned.status).toBe(202);
  const stopped = await ask<Accepted>(world, 'POST', '/tenants/acme/runtime/start');
  await world.tracker.settled();
  const { body } = await ask<HistoryPage>(world, 'GET', '/tenants/acme/history');
  expect(body.items.slice(0, 2).map(({ commit, ownFiles }) => [commit.oid, ownFiles])).toEqual([
    [stopped.body.commit, true],
    [pinned.body.commit, false],
  ]);
  const base = world.head();
  const back = (to: string) =>
    ask<Preview>(world, 'POST', '/tenants/acme/rollback?dry-run=true', { base, to });
  const seen = await back(oid.slice(0, 9));
  expect(seen.body.subject).toBe(`acme: return to ${oid.slice(0, 12)}`);
  expect(seen.body.files.map(({ path }) => path)).toEqual(['tenants/acme/tenant.yaml']);
  expect((await back('abcdef0')).status).toBe(404);
  expect((await back('main')).status).toBe(400);
});
