import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SignedIn } from '../../../web/api/models/auth.ts';
import type { Me } from '../../../web/api/models/platform.ts';
import { callerOfAccount } from '../../../web/auth/authenticate.ts';
import { invite, makeSetupToken } from '../../../web/auth/invitations.ts';
import { createGitToken, findGitToken } from '../../../web/git-server/tokens.ts';
import type { Database } from '../../../web/ports.ts';
import { type ControlNode, controlNode, origin, password } from '../../support/control-node.ts';
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

const HOUR = 3_600_000;
const post = (path: string, payload: object, headers: Record<string, string> = {}) =>
  node.ask({ method: 'POST', url: `/v1/auth/${path}`, payload, headers });
const login = (email: string, given = password, client: 'browser' | 'program' = 'program') =>
  post('login', { email, password: given, client });
const meOf = (accessToken: string) =>
  node.ask({ url: '/v1/me', headers: { authorization: `Bearer ${accessToken}` } });
const tokensOf = (answer: Awaited<ReturnType<typeof login>>) => {
  const { tokens } = answer.json<SignedIn>();
  if (tokens === null) throw new Error('no tokens');
  return tokens;
};

describe('signing in', () => {
  test('gives a program an access token and a refresh token, and no cookie', async () => {
    await node.account('viewer@example.com');
    const answer = await login(' Viewer@Example.com');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['set-cookie']).toBeUndefined();
    const tokens = tokensOf(answer);
    expect(tokens).toMatchObject({ tokenType: 'Bearer', expiresIn: 900 });
    const me = (await meOf(tokens.accessToken)).json<Me>();
    expect(me).toMatchObject({
      user: { email: 'viewer@example.com' },
      role: 'viewer',
      tenants: [],
      csrf: '',
    });
    expect(me.may).toContain('tenants.read');
    expect(me.may).not.toContain('nodes');
  });

  test('gives a browser a cookie that no script reads and no other site sends, and no tokens', async () => {
    await node.account('owner@acme.example');
    const answer = await post('login', { email: 'owner@acme.example', password }, { origin });
    expect(answer.json<SignedIn>().tokens).toBeNull();
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-tenantry=tnt_session_[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
    const me = (await node.ask({ url: '/v1/me', headers: { cookie } })).json<Me>();
    expect(me).toMatchObject({ role: 'tenant-owner', tenants: ['acme'] });
    expect(me.csrf).toBe(answer.json<SignedIn>().me.csrf);
  });

  test('says the same of a wrong password and of an address that nobody has', async () => {
    await node.account('viewer@example.com');
    const wrong = await login('viewer@example.com', 'incorrect horse battery');
    const nobody = await login('nobody@example.com', 'incorrect horse battery');
    expect([wrong.statusCode, wrong.body]).toEqual([401, nobody.body]);
    expect(wrong.json()).toMatchObject({ code: 'auth/credentials' });
  });

  test('keeps neither passwords nor tokens in the store', async () => {
    await node.account('viewer@example.com');
    const tokens = tokensOf(await login('viewer@example.com'));
    const cookie = (await login('viewer@example.com', password, 'browser')).cookies[0]?.value ?? '';
    const { token } = await invite(db, { email: 'new@example.com', by: 'test', now: Date.now() });
    const rows = await Promise.all(
      ['account', 'session', 'refresh_token', 'invitation', 'audit_entry'].map((table) =>
        db.query(`select * from ${table}`),
      ),
    );
    const kept = JSON.stringify(rows);
    expect(kept).toContain('$argon2id$v=19$m=65536,t=3,p=1$');
    for (const secret of [password, tokens.accessToken, tokens.refreshToken, cookie, token]) {
      expect(kept).not.toContain(secret);
      expect(kept).not.toContain(Buffer.from(secret).toString('base64'));
    }
  });

  test('makes a hash of older parameters anew', async () => {
    const { hash } = await import('@node-rs/argon2');
    const { id } = await node.account('viewer@example.com');
    const weak = await hash(password, { memoryCost: 8192, timeCost: 1 });
    await db.query('update account set password_hash = $2 where id = $1', [id, weak]);
    expect((await login('viewer@example.com')).statusCode).toBe(200);
    const [row] = await db.query<{ hash: string }>(
      'select password_hash as hash from account where id = $1',
      [id],
    );
    expect(row?.hash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
    expect((await login('viewer@example.com')).statusCode).toBe(200);
  });
});

describe('a session', () => {
  test('goes on by refresh tokens, each of which is good once', async () => {
    await node.account('viewer@example.com');
    const first = tokensOf(await login('viewer@example.com'));
    const second = (await post('refresh', { refreshToken: first.refreshToken })).json<typeof first>();
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect((await meOf(second.accessToken)).statusCode).toBe(200);
  });

  test('ends when a refresh token is used twice: for the thief and for the owner, access tokens too', async () => {
    await node.account('viewer@example.com');
    const first = tokensOf(await login('viewer@example.com'));
    const second = (await post('refresh', { refreshToken: first.refreshToken })).json<typeof first>();
    const again = await post('refresh', { refreshToken: first.refreshToken });
    expect(again.json()).toMatchObject({ status: 401, code: 'auth/refresh-reused' });
    expect((await post('refresh', { refreshToken: second.refreshToken })).statusCode).toBe(401);
    expect((await meOf(second.accessToken)).statusCode).toBe(401);
    const { items } = await node.audit();
    expect(items.find(({ reason }) => reason.startsWith('auth/refresh-reused'))).toMatchObject({
      who: 'viewer@example.com',
      action: 'auth.refresh',
      outcome: 'refused',
    });
  });

  test('lets one of many who use the same refresh token at once through, and then none', async () => {
    await node.account('viewer@example.com');
    const { refreshToken } = tokensOf(await login('viewer@example.com'));
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('refresh', { refreshToken })));
    const won = answers.filter(({ statusCode }) => statusCode === 200);
    expect(won).toHaveLength(1);
    expect(
      (await post('refresh', { refreshToken: won[0]?.json<{ refreshToken: string }>().refreshToken }))
        .statusCode,
    ).toBe(401);
  });

  test('of another sign-in goes on when one ends', async () => {
    await node.account('viewer@example.com');
    const one = tokensOf(await login('viewer@example.com'));
    const other = tokensOf(await login('viewer@example.com'));
    await post('refresh', { refreshToken: one.refreshToken });
    await post('refresh', { refreshToken: one.refreshToken });
    expect((await meOf(other.accessToken)).statusCode).toBe(200);
  });

  test('ends with logging out', async () => {
    const account = await node.account('viewer@example.com');
    const headers = await node.browser(account);
    const answer = await node.ask({ method: 'POST', url: '/v1/auth/logout', headers });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['set-cookie']).toMatch(/^__Host-tenantry=; .*Expires=Thu, 01 Jan 1970/);
    expect((await node.ask({ url: '/v1/me', headers })).statusCode).toBe(401);
    const tokens = tokensOf(await login('viewer@example.com'));
    const bearer = { authorization: `Bearer ${tokens.accessToken}` };
    expect((await node.ask({ method: 'POST', url: '/v1/auth/logout', headers: bearer })).statusCode).toBe(
      204,
    );
    expect((await post('refresh', { refreshToken: tokens.refreshToken })).statusCode).toBe(401);
  });

  test('of a browser ends when it is not used for a day, and after a week in any case', async () => {
    const headers = await node.browser(await node.account('viewer@example.com'));
    const alive = async (hours: number) => {
      node.world.ahead = hours * HOUR;
      return (await node.ask({ url: '/v1/me', headers })).statusCode === 200;
    };
    for (const hours of [0, 23, 46, 69, 92, 115, 138, 161])
      expect([hours, await alive(hours)]).toEqual([hours, true]);
    expect(await alive(169)).toBe(false);
    node.world.ahead = 0;
    const unused = await node.browser(await node.account('viewer@example.com'));
    node.world.ahead = 25 * HOUR;
    expect((await node.ask({ url: '/v1/me', headers: unused })).statusCode).toBe(401);
  });

  test('of a program has access tokens for 15 minutes', async () => {
    await node.account('viewer@example.com');
    const { accessToken, refreshToken } = tokensOf(await login('viewer@example.com'));
    node.world.ahead = 14 * 60_000;
    expect((await meOf(accessToken)).statusCode).toBe(200);
    node.world.ahead = 16 * 60_000;
    expect((await meOf(accessToken)).statusCode).toBe(401);
    expect((await post('refresh', { refreshToken })).statusCode).toBe(200);
  });

  test('of a browser has no refresh token, and is told so', async () => {
    const answer = await post('refresh', {}, await node.browser(await node.account('viewer@example.com')));
    expect(answer.json()).toMatchObject({ status: 401, code: 'auth/no-refresh-token' });
  });
});

test('a Git token acts for its account with what Git gives it now, and for nobody without one', async () => {
  const { id } = await node.account('owner@acme.example');
  const caller = await callerOfAccount(node.auth, id);
  expect(caller).toMatchObject({ id, role: 'tenant-owner', via: 'git-token' });
  expect([...(caller?.owns ?? [])]).toEqual(['acme']);
  expect(await callerOfAccount(node.auth, 'nobody')).toBeNull();
});

describe('signing up', () => {
  const person = { name: 'Ada Lovelace', password: 'a whole new sentence' };

  test('takes the setup token once, and makes an administrator until Git names one', async () => {
    node.world.desired = null;
    const token = await makeSetupToken(db, Date.now());
    const answer = await post('signup', { ...person, invitation: token, email: 'First@example.com' });
    expect(answer.statusCode).toBe(201);
    expect(answer.json<SignedIn>().me).toMatchObject({
      role: 'platform-admin',
      user: { email: 'first@example.com' },
    });
    const again = await post('signup', { ...person, invitation: token, email: 'second@example.com' });
    expect(again.json()).toMatchObject({ status: 403, code: 'auth/invitation' });
    expect(await makeSetupToken(db, Date.now())).toBeNull();
  });

  test('needs an address with the setup token, which gives none', async () => {
    const invitation = await makeSetupToken(db, Date.now());
    expect((await post('signup', { ...person, invitation })).json()).toMatchObject({ code: 'auth/email' });
  });

  test('with an older setup token than the last is refused', async () => {
    const older = await makeSetupToken(db, Date.now());
    await makeSetupToken(db, Date.now());
    const answer = await post('signup', { ...person, invitation: older, email: 'first@example.com' });
    expect(answer.statusCode).toBe(403);
  });

  const invited = async (email: string) => {
    const headers = await node.browser(await node.account('admin@example.com'));
    const answer = await node.ask({
      method: 'POST',
      url: '/v1/access/invitations',
      headers,
      payload: { email },
    });
    expect(answer.statusCode).toBe(201);
    return answer.json<{ token: string; path: string }>();
  };

  test('takes an invitation, for its own address alone', async () => {
    const { token, path } = await invited('Viewer@example.com');
    expect(path).toBe(`/sign-up#invitation=${token}`);
    const other = await post('signup', { ...person, invitation: token, email: 'admin@example.com' });
    expect(other.json()).toMatchObject({ status: 422, code: 'auth/email' });
    const answer = await post('signup', { ...person, invitation: token });
    expect(answer.json<SignedIn>().me).toMatchObject({ role: 'viewer', user: { name: person.name } });
    expect((await post('signup', { ...person, invitation: token })).statusCode).toBe(403);
  });

  test('lets one of many who use an invitation at once through', async () => {
    const { token } = await invited('viewer@example.com');
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => post('signup', { ...person, invitation: token })),
    );
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([201, 403, 403]);
  });

  test('is over for an invitation after a week, and for one that a newer one replaced', async () => {
    const { token: older } = await invited('viewer@example.com');
    const { token } = await invited('viewer@example.com');
    expect((await post('signup', { ...person, invitation: older })).statusCode).toBe(403);
    node.world.ahead = 169 * HOUR;
    expect((await post('signup', { ...person, invitation: token })).statusCode).toBe(403);
  });

  test('again gives a new password, and ends sessions and Git tokens of the old one', async () => {
    const account = await node.account('viewer@example.com');
    const headers = await node.browser(account);
    const programs = tokensOf(await login('viewer@example.com'));
    const gitToken = async (id: string): Promise<string> => {
      const token = { name: 'laptop', scopes: ['push'] as const, owner: { account: id }, expiresAt: null };
      return (await createGitToken(db, token, Date.now())).secret;
    };
    const mine = await gitToken(account.id);
    const others = await gitToken((await node.account('operator@example.com')).id);
    const { token } = await invited('viewer@example.com');
    expect((await post('signup', { ...person, invitation: token })).statusCode).toBe(201);
    expect((await node.ask({ url: '/v1/me', headers })).statusCode).toBe(401);
    const authorization = `Bearer ${programs.accessToken}`;
    expect((await node.ask({ url: '/v1/me', headers: { authorization } })).statusCode).toBe(401);
    expect((await post('refresh', { refreshToken: programs.refreshToken })).statusCode).toBe(401);
    expect(await findGitToken(db, mine, Date.now())).toBeNull();
    expect(await findGitToken(db, others, Date.now())).not.toBeNull();
    expect((await login('viewer@example.com')).statusCode).toBe(401);
    expect((await login('viewer@example.com', person.password)).statusCode).toBe(200);
  });

  test.each([
    ['is short', 'short'],
    ['is one character', 'aaaaaaaaaaaaaaaa'],
    ['begins with his name', 'viewer1234567890'],
  ])('refuses a password that %s', async (_what, weak) => {
    const { token } = await invited('viewer@example.com');
    const answer = await post('signup', { name: 'V', password: weak, invitation: token });
    expect([400, 422]).toContain(answer.statusCode);
    expect((await post('signup', { ...person, invitation: token })).statusCode).toBe(201);
  });

  test.each(['<img src=x>', 'a\nTenantry-Edit: x', ' ', '\u202Eevil'])(
    'refuses the name %j',
    async (name) => {
      const { token } = await invited('viewer@example.com');
      const answer = await post('signup', { ...person, name, invitation: token });
      expect(answer.json()).toMatchObject({ status: 400, code: 'request/invalid' });
    },
  );
});
