import { createHmac, generateKeyPairSync } from 'node:crypto';
import { base64url, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessToken, issueAccessToken } from '../../../web/auth/access-tokens.ts';
import { beginSession } from '../../../web/auth/sessions.ts';
import type { SigningKey } from '../../../web/auth/signing-keys.ts';
import type { Database } from '../../../web/ports.ts';
import { type ControlNode, controlNode } from '../../support/control-node.ts';
import { openTestDatabase } from '../../support/database.ts';

let db: Database;
let node: ControlNode;
let key: SigningKey;
let claims: { account: string; session: string };

beforeAll(async () => {
  db = await openTestDatabase();
  node = await controlNode(db);
  key = await node.auth.keys.newest();
  const account = await node.account('viewer@example.com');
  const { id } = await beginSession(db, {
    account: account.id,
    kind: 'program',
    from: 'test',
    now: Date.now(),
  });
  claims = { account: account.id, session: id };
});
afterAll(async () => {
  await node.close();
  await db.close();
});

const bearer = (token: string) => node.ask({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } });
const seconds = () => Math.floor(Date.now() / 1000);

/** A token that is right in all but what is changed. */
interface Parts {
  readonly payload?: JWTPayload;
  readonly header?: Record<string, unknown>;
  readonly without?: readonly string[];
  readonly privateKey?: SigningKey['privateKey'];
}
function token({
  payload = {},
  header = {},
  without = [],
  privateKey = key.privateKey,
}: Parts = {}): Promise<string> {
  const all: JWTPayload = {
    iss: accessToken.issuer,
    aud: accessToken.audience,
    sub: claims.account,
    sid: claims.session,
    scope: accessToken.scope,
    iat: seconds(),
    exp: seconds() + 60,
    ...payload,
  };
  const kept = Object.fromEntries(Object.entries(all).filter(([name]) => !without.includes(name)));
  const protectedHeader = { alg: 'EdDSA', typ: accessToken.type, kid: key.kid, ...header };
  return new SignJWT(kept).setProtectedHeader(protectedHeader).sign(privateKey, { crit: { 'x-own': true } });
}

/** A token by hand, for headers that no library would sign. */
function handMade(header: object, sign: (text: string) => string): string {
  const payload = {
    iss: accessToken.issuer,
    aud: accessToken.audience,
    sub: claims.account,
    sid: claims.session,
    scope: accessToken.scope,
    iat: seconds(),
    exp: seconds() + 60,
  };
  const text = [header, payload].map((part) => base64url.encode(JSON.stringify(part))).join('.');
  return `${text}.${sign(text)}`;
}

describe('INV-25: an access token', () => {
  test('that is right is taken, as the part signs it and as this file does', async () => {
    expect((await bearer(await issueAccessToken(node.auth.keys, claims, Date.now()))).statusCode).toBe(200);
    expect((await bearer(await token())).statusCode).toBe(200);
  });

  const stranger = generateKeyPairSync('ed25519').privateKey;
  const pem = () => key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const raw = () => Buffer.from(String(key.publicKey.export({ format: 'jwk' }).x), 'base64url');
  const hmac = (secret: string | Buffer) => (text: string) =>
    createHmac('sha256', secret).update(text).digest('base64url');
  const symmetric = { alg: 'HS256', typ: accessToken.type };

  const wrong: [string, () => string | Promise<string>][] = [
    ['nothing', () => ''],
    ['no JWT at all', () => 'abc'],
    ['alg none', () => new UnsecuredJWT({ ...claims }).encode()],
    [
      'alg none with all else right',
      () => handMade({ alg: 'none', typ: accessToken.type, kid: key.kid }, () => ''),
    ],
    [
      'alg NONE in another case',
      () => handMade({ alg: 'nOnE', typ: accessToken.type, kid: key.kid }, () => ''),
    ],
    ['HS256 signed with the public key (PEM)', () => handMade({ ...symmetric, kid: key.kid }, hmac(pem()))],
    ['HS256 signed with the public key (bytes)', () => handMade({ ...symmetric, kid: key.kid }, hmac(raw()))],
    ['HS256 signed with its kid', () => handMade({ ...symmetric, kid: key.kid }, hmac(key.kid))],
    ['another key under our kid', () => token({ privateKey: stranger })],
    [
      'a key that it brings itself',
      () => token({ privateKey: stranger, header: { kid: 'x', jwk: { kty: 'OKP' } } }),
    ],
    ['a kid that is not known', () => token({ header: { kid: 'other' } })],
    ['no kid', () => token({ header: { kid: undefined } })],
    ['another type', () => token({ header: { typ: 'JWT' } })],
    ["a node's type", () => token({ header: { typ: 'node+jwt' } })],
    ['no type', () => token({ header: { typ: undefined } })],
    [
      'an extension that must be understood and is not',
      () => token({ header: { crit: ['x-own'], 'x-own': 1 } }),
    ],
    ['another issuer', () => token({ payload: { iss: 'somebody' } })],
    ['another audience', () => token({ payload: { aud: 'tenantry-control' } })],
    ['another scope', () => token({ payload: { scope: 'link' } })],
    ['a wider scope', () => token({ payload: { scope: 'api admin' } })],
    ['an end that is past', () => token({ payload: { exp: seconds() - 1 } })],
    [
      'an end too far away for when it was made',
      () => token({ payload: { iat: seconds() - 901, exp: seconds() + 9e6 } }),
    ],
    ['a beginning that is to come', () => token({ payload: { nbf: seconds() + 60 } })],
    ['being made tomorrow', () => token({ payload: { iat: seconds() + 86_400, exp: seconds() + 86_460 } })],
    ['an end that is a text', () => token({ payload: { exp: String(seconds() + 60) as unknown as number } })],
    ['a session that is not there', () => token({ payload: { sid: 'other' } })],
    ['a session of somebody else', () => token({ payload: { sub: 'other' } })],
    ...['iss', 'aud', 'sub', 'sid', 'scope', 'iat', 'exp'].map((name): [string, () => Promise<string>] => [
      `no ${name}`,
      () => token({ without: [name] }),
    ]),
    ['a signature that was changed', async () => `${(await token()).slice(0, -4)}AAAA`],
    ['a payload that was changed', async () => (await token()).replace(/\.(.)/, '.A$1')],
    ['a second signature', async () => `${await token()}.${await token()}`],
  ];

  test.each(wrong)('with %s is refused', async (_what, make) => {
    const answer = await bearer(await make());
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'auth/token' });
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  test.each(['access_token', 'token', 'jwt', 'x'])('in the address as `%s` is refused', async (name) => {
    const given = await token();
    const answer = await node.ask({ url: `/v1/me?${name}=${given}` });
    expect(answer.json()).toMatchObject({ status: 400, code: 'auth/token-in-address' });
    expect(node.log.join('')).not.toContain(given);
  });

  test('as a cookie or with another scheme is refused', async () => {
    const given = await token();
    const asCookie = await node.ask({ url: '/v1/me', headers: { cookie: `__Host-tenantry=${given}` } });
    expect(asCookie.statusCode).toBe(401);
    const basic = await node.ask({ url: '/v1/me', headers: { authorization: `Basic ${given}` } });
    expect(basic.statusCode).toBe(401);
  });

  test('of a session that has ended is refused at once', async () => {
    const begun = { account: claims.account, kind: 'program', from: 'test', now: Date.now() } as const;
    const { id } = await beginSession(db, begun);
    const given = await issueAccessToken(node.auth.keys, { ...claims, session: id }, Date.now());
    expect((await bearer(given)).statusCode).toBe(200);
    const headers = { authorization: `Bearer ${given}` };
    const out = await node.ask({ method: 'POST', url: '/v1/auth/logout', headers });
    expect(out.statusCode).toBe(204);
    expect((await bearer(given)).statusCode).toBe(401);
  });

  test('cannot name the session of a browser', async () => {
    const begun = { account: claims.account, kind: 'browser', from: 'test', now: Date.now() } as const;
    const { id } = await beginSession(db, begun);
    expect((await bearer(await token({ payload: { sid: id } }))).statusCode).toBe(401);
  });

  test('that is wrong is refused also beside a cookie that is right', async () => {
    const browser = await node.browser(await node.account('viewer@example.com'));
    const answer = await node.ask({ url: '/v1/me', headers: { ...browser, authorization: 'Bearer wrong' } });
    expect(answer.statusCode).toBe(401);
  });
});
