import type { FastifyPluginAsync } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EditError } from '../../../desired-state/write/edit-error.ts';
import type { AuditPage } from '../../../web/api/models/platform.ts';
import type { Database } from '../../../web/ports.ts';
import { type ControlNode, controlNode, password } from '../../support/control-node.ts';
import { emptyTables, openTestDatabase } from '../../support/database.ts';

const commit = 'c'.repeat(40);
/** Changes as the parts that make them answer. */
const changes: FastifyPluginAsync = async (app) => {
  for (const what of ['start', 'stop', 'restart'] as const) {
    app.post(`/tenants/:tenant/runtime/${what}`, async (_request, reply) => reply.code(202).send({ commit }));
  }
  app.post('/tenants/:tenant/whatsapp/disconnect', async (_request, reply) =>
    reply.code(202).send({ commit }),
  );
  app.post('/tenants/:tenant/drift/heal', async (_request, reply) =>
    reply.code(202).send({ commit, proposal: { branch: 'proposals/acme-heal-1', url: null, problem: null } }),
  );
  app.post('/tenants/:tenant/rollback', async () => {
    throw new EditError('edit/conflict', 'Somebody else changed it.');
  });
  app.post('/channels/promote', async () => {
    throw new Error('broken');
  });
};

let db: Database;
let node: ControlNode;
let admin: Record<string, string>;
let owner: Record<string, string>;
beforeAll(async () => {
  db = await openTestDatabase();
  node = await controlNode(db, { v1: [changes] });
  admin = await node.browser(await node.account('admin@example.com'));
  owner = await node.browser(await node.account('owner@acme.example'));
});
beforeEach(() => emptyTables(db, 'audit_entry'));
afterAll(async () => {
  await node.close();
  await db.close();
});

const post = (url: string, headers: Record<string, string>, payload: object = {}) =>
  node.ask({ method: 'POST', url, headers, payload, remoteAddress: '203.0.113.7' });
const newest = async () => (await node.audit()).items[0];

describe('the audit has', () => {
  test('a change with its commit, who made it and from where', async () => {
    await post('/v1/tenants/acme/runtime/stop', { ...owner, 'user-agent': 'page\u001b[31m' });
    expect(await newest()).toMatchObject({
      who: 'owner@acme.example',
      action: 'runtime',
      target: 'acme',
      outcome: 'done',
      reason: '',
      from: '203.0.113.7 page[31m',
      commit,
    });
  });

  test('a proposal as what it is: its commit is in force nowhere', async () => {
    await post('/v1/tenants/acme/drift/heal?propose=true', admin);
    expect(await newest()).toMatchObject({
      action: 'drift',
      outcome: 'done',
      reason: 'proposed as proposals/acme-heal-1',
      commit,
    });
  });

  test('one entry of who shows nothing and knocks at many doors', async () => {
    for (let turn = 0; turn < 30; turn += 1) await post(`/v1/tenants/t${turn}/runtime/stop`, {});
    const { items } = await node.audit();
    expect(items).toEqual([expect.objectContaining({ who: 'anonymous', action: 'runtime', target: 't0' })]);
  });

  test('a change that was refused to him, by role or because it is not his', async () => {
    await post('/v1/tenants/globex/runtime/stop', owner);
    expect(await newest()).toMatchObject({
      outcome: 'refused',
      target: 'globex',
      reason: expect.stringMatching(/^tenant\/unknown/),
    });
    await post('/v1/channels/promote', owner);
    expect(await newest()).toMatchObject({
      outcome: 'refused',
      action: 'channels',
      reason: expect.stringMatching(/^access\/forbidden/),
    });
  });

  test('a question that was refused, and not one that was answered', async () => {
    await node.ask({ url: '/v1/audit', headers: owner });
    expect(await newest()).toMatchObject({
      who: 'owner@acme.example',
      action: 'audit.read',
      outcome: 'refused',
    });
    await node.ask({ url: '/v1/me', headers: owner });
    expect((await node.audit()).items).toHaveLength(1);
  });

  test('what did not go: a conflict as refused, a failure of ours as failed', async () => {
    await post('/v1/tenants/acme/rollback', admin);
    expect(await newest()).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/^edit\/conflict/),
      commit: null,
    });
    await post('/v1/channels/promote', admin);
    expect(await newest()).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/^internal/) });
  });

  test('every sign-in, right or wrong, and signing out', async () => {
    await post('/v1/auth/login', {}, { email: 'Admin@example.com', password });
    expect(await newest()).toMatchObject({ who: 'admin@example.com', action: 'auth.login', outcome: 'done' });
    await post('/v1/auth/login', {}, { email: 'admin@example.com', password: 'wrong' });
    expect(await newest()).toMatchObject({
      who: 'admin@example.com',
      outcome: 'refused',
      reason: expect.stringMatching(/^auth\/credentials/),
    });
    const once = await node.browser(await node.account('viewer@example.com'));
    await post('/v1/auth/logout', once);
    expect(await newest()).toMatchObject({
      who: 'viewer@example.com',
      action: 'auth.logout',
      outcome: 'done',
    });
  });

  test('a forged and a missing session', async () => {
    await node.ask({ url: '/v1/me', headers: { authorization: 'Bearer forged' } });
    expect(await newest()).toMatchObject({
      who: 'anonymous',
      action: 'me',
      reason: expect.stringMatching(/^auth\/token/),
    });
    await post('/v1/tenants/acme/runtime/stop', { ...owner, origin: 'https://evil.example' });
    expect(await newest()).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/^csrf\/foreign-origin/),
    });
  });

  test('a refusal that is repeated within a minute once, and every attempt to sign in', async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      await post('/v1/tenants/globex/rollback', owner);
      await post('/v1/auth/login', {}, { email: 'admin@example.com', password: 'wrong again' });
    }
    const { items } = await node.audit();
    expect(items.filter(({ action }) => action === 'rollback')).toHaveLength(1);
    expect(items.filter(({ action }) => action === 'auth.login')).toHaveLength(3);
  });

  test('no question of somebody who shows nothing: he only finds out that he has to sign in', async () => {
    expect((await node.ask({ url: '/v1/me' })).statusCode).toBe(401);
    expect((await node.audit()).items).toEqual([]);
  });

  test('no dry run', async () => {
    await post('/v1/tenants/acme/runtime/stop?dry-run=true', owner);
    expect((await node.audit()).items).toEqual([]);
  });
});

describe('GET /v1/audit', () => {
  const read = async (query: string) =>
    (await node.ask({ url: `/v1/audit?${query}`, headers: admin })).json<AuditPage>();

  test('is read page by page, newest first, and by who and what', async () => {
    for (const tenant of ['acme', 'globex', 'acme', 'globex', 'acme']) {
      await post(`/v1/tenants/${tenant}/runtime/stop`, admin);
    }
    await post('/v1/auth/login', {}, { email: 'admin@example.com', password });
    const first = await read('limit=4');
    expect(first.items.map(({ action }) => action)).toEqual(['auth.login', 'runtime', 'runtime', 'runtime']);
    const second = await read(`limit=4&before=${first.next}`);
    expect(second.items).toHaveLength(2);
    expect(second.next).toBeNull();
    expect((await read('action=auth')).items).toHaveLength(1);
    expect((await read('action=aut')).items).toHaveLength(0);
    expect((await read('who=nobody@example.com')).items).toHaveLength(0);
    expect((await read('who=admin@example.com&action=runtime')).items).toHaveLength(5);
    expect(first.actions).toEqual(expect.arrayContaining(['auth.login', 'runtime']));
  });

  test('is read by tenant, by outcome and by time, also page by page', async () => {
    const start = Date.now();
    for (const tenant of ['acme', 'globex', 'acme']) await post(`/v1/tenants/${tenant}/runtime/stop`, admin);
    await post('/v1/tenants/globex/whatsapp/disconnect', owner);
    node.world.ahead = 3_600_000;
    await post('/v1/tenants/acme/runtime/restart', admin);
    node.world.ahead = 0;
    const later = start + 1_800_000;
    expect((await read('target=acme')).items).toHaveLength(3);
    expect((await read('target=acme&action=runtime&outcome=done&limit=2')).next).not.toBeNull();
    expect((await read('outcome=refused')).items.map(({ who }) => who)).toEqual(['owner@acme.example']);
    expect((await read(`since=${later}`)).items).toHaveLength(1);
    expect((await read(`until=${later}`)).items).toHaveLength(4);
    expect((await read(`since=${start}&until=${later}&target=globex`)).items).toHaveLength(2);
    const [first] = (await read('target=acme&limit=1')).items;
    expect((await read(`target=acme&before=${first?.id}`)).items).toHaveLength(2);
  });

  test('reads no more than it shows of thousands, by whatever it is asked', async () => {
    await db.query(
      `insert into audit_entry (at, who, action, target, outcome, reason, sent_from)
       select 1000 * n, 'who-' || n % 50, 'a-' || n % 40, 't-' || n % 200,
         case n % 500 when 0 then 'refused' else 'done' end, '', ''
       from generate_series(1, 20000) as n`,
    );
    await db.query('analyze audit_entry');
    const rowsRead = async (where: string): Promise<number> => {
      const lines = await db.query<{ 'QUERY PLAN': string }>(
        `explain (analyze, timing off) select * from audit_entry where ${where} order by at desc, id desc limit 101`,
      );
      const scans = lines.map((line) => line['QUERY PLAN']).filter((line) => line.includes('Scan'));
      const removed = lines.flatMap((line) => /Removed by Filter: (\d+)/.exec(line['QUERY PLAN'])?.[1] ?? []);
      const found = scans.flatMap((line) => /actual rows=(\d+)/.exec(line)?.[1] ?? []);
      return [...removed, ...found].reduce((sum, one) => sum + Number(one), 0);
    };
    for (const where of [
      'true',
      "who = 'who-7'",
      "who = 'nobody'",
      "action = 'a-3'",
      "target = 't-9'",
      "outcome = 'refused'",
      'at < 3000000',
      "who = 'who-7' and at >= 1000000 and at < 2000000",
    ])
      expect([where, await rowsRead(where)]).toEqual([where, expect.toSatisfy((rows) => rows <= 500)]);
  });
});

test('a change that was made is answered although the audit cannot be written, and the log says so', async () => {
  const broken = await controlNode(db, {
    v1: [changes],
    audit: { record: () => Promise.reject(new Error('the disk is full')) },
  });
  const headers = await broken.browser(await broken.account('operator@example.com'));
  const answer = await broken.ask({
    method: 'POST',
    url: '/v1/tenants/acme/runtime/stop',
    headers,
    payload: {},
  });
  expect(answer.statusCode).toBe(202);
  expect(broken.log.join('')).toMatch(/an audit entry was not written/);
  await broken.close();
});
