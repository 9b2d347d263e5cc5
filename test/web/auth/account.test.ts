import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionList } from '../../../web/api/models/auth.ts';
import type { AccessList } from '../../../web/api/models/platform.ts';
import { makeSetupToken } from '../../../web/auth/invitations.ts';
import { createGitToken, findGitToken } from '../../../web/git-server/tokens.ts';
import type { Database } from '../../../web/ports.ts';
import { type ControlNode, controlNode, password } from '../../support/control-node.ts';
import { emptyTables, openTestDatabase } from '../../support/database.ts';

let db: Database;
let node: ControlNode;
beforeAll(async () => {
  db = await openTestDatabase();
});
beforeEach(async () => {
  await emptyTables(db, 'account', 'session', 'refresh_token', 'invitation', 'audit_entry');
  node = await controlNode(db);
});
afterEach(() => node.close());
afterAll(() => db.close());

type Headers = Record<string, string>;
const newPassword = 'a whole new sentence';
const signIn = async (email: string, given: string) =>
  (await node.ask({ method: 'POST', url: '/v1/auth/login', payload: { email, password: given } })).statusCode;
const alive = async (headers: Headers) => (await node.ask({ url: '/v1/me', headers })).statusCode === 200;
const changed = (headers: Headers, payload: object) =>
  node.ask({ method: 'PUT', url: '/v1/auth/password', headers, payload });

test('whether anybody has signed up is told to anybody, and nothing else', async () => {
  const setup = async () => (await node.ask({ url: '/v1/auth/setup' })).json<unknown>();
  expect(await setup()).toEqual({ signedUp: false });
  const invitation = await makeSetupToken(db, Date.now());
  expect(await setup()).toEqual({ signedUp: false });
  const payload = { invitation, name: 'Ada', password: newPassword, email: 'first@example.com' };
  expect((await node.ask({ method: 'POST', url: '/v1/auth/signup', payload })).statusCode).toBe(201);
  expect(await setup()).toEqual({ signedUp: true });
  expect((await node.audit()).items.map(({ action }) => action)).toEqual(['auth.signup']);
});

describe("one's own password", () => {
  test('is changed by who knows it; other sessions end, this one and Git tokens go on', async () => {
    const account = await node.account('viewer@example.com');
    const [here, there] = [await node.browser(account), await node.browser(account)];
    const others = await node.browser(await node.account('operator@example.com'));
    const token = { name: 'ci', scopes: ['read'] as const, owner: { account: account.id }, expiresAt: null };
    const { secret } = await createGitToken(db, token, Date.now());
    expect((await changed(here, { password, newPassword })).statusCode).toBe(204);
    expect([await alive(here), await alive(there), await alive(others)]).toEqual([true, false, true]);
    expect(await findGitToken(db, secret, Date.now())).not.toBeNull();
    expect(await signIn('viewer@example.com', password)).toBe(401);
    expect(await signIn('viewer@example.com', newPassword)).toBe(200);
    const { items } = await node.audit();
    expect(items.find(({ action }) => action === 'auth.password')).toMatchObject({
      who: 'viewer@example.com',
      outcome: 'done',
    });
    expect(JSON.stringify(items) + node.log.join('')).not.toContain(newPassword);
  });

  test('is not changed by who does not know it, nor to one that is easily guessed', async () => {
    const account = await node.account('viewer@example.com');
    const [here, there] = [await node.browser(account), await node.browser(account)];
    const wrong = await changed(here, { password: 'not this one', newPassword });
    expect(wrong.json()).toMatchObject({ status: 422, code: 'auth/password-now' });
    const weak = await changed(here, { password, newPassword: 'viewer@example.com' });
    expect(weak.json()).toMatchObject({ status: 422, code: 'auth/password' });
    expect([await alive(here), await alive(there)]).toEqual([true, true]);
    expect(await signIn('viewer@example.com', password)).toBe(200);
  });

  test('cannot be tried out at a browser that was left open', async () => {
    const here = await node.browser(await node.account('viewer@example.com'));
    const others = await node.browser(await node.account('operator@example.com'));
    const tries = [];
    for (let n = 0; n < 12; n += 1)
      tries.push((await changed(here, { password: `guess number ${n}`, newPassword })).statusCode);
    expect(tries.slice(0, 9)).toEqual(Array(9).fill(422));
    expect(tries.at(-1)).toBe(429);
    expect((await changed(here, { password, newPassword })).statusCode).toBe(429);
    // Each account for itself.
    expect((await changed(others, { password, newPassword })).statusCode).toBe(204);
  });
});

describe("one's own sessions", () => {
  const listed = async (headers: Headers) =>
    (await node.ask({ url: '/v1/auth/sessions', headers })).json<SessionList>().items;
  const end = (headers: Headers, id: string) =>
    node.ask({ method: 'DELETE', url: `/v1/auth/sessions/${id}`, headers });

  test('are listed with the one that asks, and any of them is ended at once', async () => {
    const account = await node.account('viewer@example.com');
    const [here, there] = [await node.browser(account), await node.browser(account)];
    const all = await listed(here);
    expect(all.map(({ current }) => current).toSorted()).toEqual([false, true]);
    expect(all[0]).toMatchObject({ kind: 'browser', from: 'test' });
    const other = all.find(({ current }) => !current)?.id ?? '';
    expect((await end(here, other)).statusCode).toBe(204);
    expect([await alive(here), await alive(there)]).toEqual([true, false]);
    expect((await listed(here)).map(({ current }) => current)).toEqual([true]);
    expect((await end(here, other)).json()).toMatchObject({ status: 404, code: 'auth/no-session' });
  });

  test('are neither shown to nor ended by anybody else, and those that are over are not listed', async () => {
    const mine = await node.browser(await node.account('viewer@example.com'));
    const others = await node.browser(await node.account('operator@example.com'));
    const [session] = await listed(others);
    expect(await listed(mine)).toHaveLength(1);
    expect((await end(mine, session?.id ?? '')).statusCode).toBe(404);
    expect(await alive(others)).toBe(true);
    node.world.ahead = 25 * 3_600_000;
    const later = await node.browser(await node.account('operator@example.com'));
    expect(await listed(later)).toHaveLength(1);
  });
});

test('an invitation that was not used is taken back, and its token is good for nothing', async () => {
  const admin = await node.browser(await node.account('admin@example.com'));
  const payload = { email: 'Viewer@example.com' };
  const invite = { method: 'POST', url: '/v1/access/invitations', headers: admin, payload } as const;
  const { token } = (await node.ask(invite)).json<{ token: string }>();
  const open = async () =>
    (await node.ask({ url: '/v1/access', headers: admin })).json<AccessList>().invitations;
  expect(await open()).toHaveLength(1);
  const revoke = { ...invite, method: 'DELETE' } as const;
  const operator = await node.browser(await node.account('operator@example.com'));
  expect((await node.ask({ ...revoke, headers: operator })).statusCode).toBe(403);
  expect((await node.ask(revoke)).statusCode).toBe(204);
  expect(await open()).toEqual([]);
  const signup = { invitation: token, name: 'V', password: newPassword };
  const answer = await node.ask({ method: 'POST', url: '/v1/auth/signup', payload: signup });
  expect(answer.statusCode).toBe(403);
  expect((await node.ask(revoke)).json()).toMatchObject({ status: 404, code: 'access/no-invitation' });
  expect((await node.audit()).items.filter(({ action }) => action === 'access.revoke')).toMatchObject([
    { outcome: 'refused' },
    { who: 'admin@example.com', target: 'viewer@example.com', outcome: 'done' },
    { who: 'operator@example.com', outcome: 'refused' },
  ]);
});
