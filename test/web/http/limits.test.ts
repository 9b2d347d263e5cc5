import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../../web/ports.ts';
import { type ControlNode, controlNode, password } from '../../support/control-node.ts';
import { emptyTables, openTestDatabase } from '../../support/database.ts';

const limits = {
  address: { max: 40, seconds: 60 },
  account: { max: 20, seconds: 60 },
  signInAddress: { max: 8, seconds: 60 },
  signInAccount: { max: 3, seconds: 60 },
};

let db: Database;
let node: ControlNode;
beforeAll(async () => {
  db = await openTestDatabase();
});
beforeEach(async () => {
  await emptyTables(db, 'account', 'audit_entry');
  node = await controlNode(db, { limits, trustedProxies: ['10.0.0.1'] });
});
afterEach(() => node.close());
afterAll(() => db.close());

const login = (email: string, given: string, remoteAddress: string, forwarded?: string) =>
  node.ask({
    method: 'POST',
    url: '/v1/auth/login',
    remoteAddress,
    payload: { email, password: given },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded, forwarded: `for=${forwarded}` },
  });
const count = async (times: number, ask: (turn: number) => Promise<{ statusCode: number }>) => {
  const answers: number[] = [];
  for (let turn = 0; turn < times; turn += 1) answers.push((await ask(turn)).statusCode);
  return answers;
};
const refused = (answers: readonly number[]) => answers.filter((status) => status === 429).length;

describe('INV-29: rate limits', () => {
  test('hold for an address, which a forwarding header does not change', async () => {
    const answers = await count(50, (turn) =>
      node.ask({
        url: '/healthz',
        remoteAddress: '203.0.113.7',
        headers: { 'x-forwarded-for': `198.51.100.${turn}` },
      }),
    );
    expect(refused(answers)).toBe(10);
    expect((await node.ask({ url: '/healthz', remoteAddress: '203.0.113.8' })).statusCode).toBe(200);
  });

  test('count behind a proxy that is trusted by the address that it adds, not by those that it was given', async () => {
    const ask = (client: string, turn: number) =>
      node.ask({
        url: '/healthz',
        remoteAddress: '10.0.0.1',
        headers: { 'x-forwarded-for': `192.0.2.${turn}, ${client}` },
      });
    expect(refused(await count(50, (turn) => ask('203.0.113.7', turn)))).toBe(10);
    expect((await ask('203.0.113.9', 1)).statusCode).toBe(200);
  });

  test('cost others nothing: who is beyond his is asked for no session, no password and no row', async () => {
    const asked: string[] = [];
    const counting: Database = {
      ...db,
      kind: db.kind,
      connections: () => db.connections(),
      query: (sql, parameters) => {
        asked.push(sql);
        return db.query(sql, parameters);
      },
      transaction: (work) => {
        asked.push('a transaction');
        return db.transaction(work);
      },
      close: () => db.close(),
    };
    const own = await controlNode(counting, { limits });
    const viewer = await own.browser(await own.account('viewer@example.com'));
    const remoteAddress = '203.0.113.7';
    const knock = (turn: number) => {
      if (turn % 3 === 0) return own.ask({ url: `/v1/me?turn=${turn}`, headers: viewer, remoteAddress });
      const payload = { email: `a${turn}@example.com`, password };
      const url = turn % 3 === 1 ? '/v1/auth/login' : `/v1/access/invitations?turn=${turn}`;
      return own.ask({ method: 'POST', url, payload, remoteAddress });
    };
    await count(40, (turn) => own.ask({ url: `/healthz?turn=${turn}`, remoteAddress }));
    asked.length = 0;
    expect(refused(await count(300, knock))).toBe(300);
    // One row in the audit for each action that was refused, and nothing else.
    expect(asked.filter((sql) => !sql.includes('audit_entry'))).toEqual([]);
    expect(asked).toHaveLength(3);
    expect((await own.ask({ url: '/v1/me', headers: viewer, remoteAddress: '203.0.113.8' })).statusCode).toBe(
      200,
    );
    await own.close();
  });

  test('hold for a whole /64 of IPv6', async () => {
    const answers = await count(50, (turn) =>
      node.ask({ url: '/healthz', remoteAddress: `2001:db8:1:2::${turn + 1}` }),
    );
    expect(refused(answers)).toBe(10);
  });

  test('hold for an account wherever it asks from, and leave others alone', async () => {
    const viewer = await node.browser(await node.account('viewer@example.com'));
    const admin = await node.browser(await node.account('admin@example.com'));
    const answers = await count(25, (turn) =>
      node.ask({ url: '/v1/me', headers: viewer, remoteAddress: `203.0.113.${turn}` }),
    );
    expect(refused(answers)).toBe(5);
    expect((await node.ask({ url: '/v1/me', headers: admin, remoteAddress: '203.0.113.1' })).statusCode).toBe(
      200,
    );
  });

  test('let nobody guess at one account from many addresses, and tell when to come back', async () => {
    await node.account('viewer@example.com');
    const answers = await count(6, (turn) => login('viewer@example.com', 'wrong', `203.0.113.${turn}`));
    expect(answers).toEqual([401, 401, 401, 429, 429, 429]);
    const right = await login('VIEWER@example.com ', password, '203.0.113.99');
    expect(right.json()).toMatchObject({ status: 429, code: 'limit/exceeded' });
    expect(Number(right.headers['retry-after'])).toBeGreaterThan(0);
    await node.account('admin@example.com');
    expect((await login('admin@example.com', password, '203.0.113.1')).statusCode).toBe(200);
  });

  test('count failures of an account alone: who signs in often is not kept out', async () => {
    await node.account('viewer@example.com');
    const answers = await count(6, (turn) => login('viewer@example.com', password, `203.0.113.${turn}`));
    expect(refused(answers)).toBe(0);
  });

  test('let nobody guess more often by guessing at once', async () => {
    await node.account('viewer@example.com');
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, turn) => login('viewer@example.com', 'wrong', `203.0.113.${turn}`)),
    );
    const of = (status: number) => answers.filter(({ statusCode }) => statusCode === status).length;
    expect([of(401), of(429)]).toEqual([3, 27]);
    expect((await login('viewer@example.com', password, '203.0.113.99')).statusCode).toBe(429);
  });

  test('lock nobody out when it was not his password: the store was away', async () => {
    await node.account('viewer@example.com');
    const away = { is: true };
    const query: Database['query'] = (sql, parameters) =>
      away.is ? Promise.reject(new Error('the store is away')) : db.query(sql, parameters);
    const other = await controlNode(
      { ...db, query, transaction: (work) => db.transaction(work) },
      { limits },
    );
    const ask = (turn: number) =>
      other.ask({
        method: 'POST',
        url: '/v1/auth/login',
        remoteAddress: `203.0.113.${turn}`,
        payload: { email: 'viewer@example.com', password },
      });
    expect(await count(5, ask)).toEqual([500, 500, 500, 500, 500]);
    away.is = false;
    expect((await ask(6)).statusCode).toBe(200);
    await other.close();
  });

  test('let nobody guess at many accounts from one address, whatever it claims to be', async () => {
    const answers = await count(12, (turn) =>
      login(`somebody-${turn}@example.com`, 'wrong', '203.0.113.7', `198.51.100.${turn}`),
    );
    expect(refused(answers)).toBe(4);
  });

  test('are in the audit, once a minute for one address', async () => {
    await count(10, (turn) => login(`somebody-${turn}@example.com`, 'wrong', '203.0.113.7'));
    const { items } = await node.audit();
    const limited = items.filter(({ reason }) => reason.startsWith('limit/exceeded'));
    // Two were turned away; the second one in a minute says nothing new.
    expect(limited).toHaveLength(1);
    expect(limited[0]).toMatchObject({
      who: 'somebody-8@example.com',
      action: 'auth.login',
      outcome: 'refused',
    });
    expect(limited[0]?.from).toMatch(/^203\.0\.113\.7 /);
  });
});
