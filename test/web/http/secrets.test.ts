import type { FastifyPluginAsync } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../../desired-state/secrets/secret.ts';
import type { SignedIn } from '../../../web/api/models/auth.ts';
import { webLog } from '../../../web/http/log.ts';
import type { Database } from '../../../web/ports.ts';
import { type ControlNode, controlNode } from '../../support/control-node.ts';
import { openTestDatabase } from '../../support/database.ts';

const canary = 'canary-4f2c1d9e0b7a8c6d';
let db: Database;
let node: ControlNode;
const failing: FastifyPluginAsync = async (app) => {
  app.post('/tenants/setup', async (request) => {
    const cause = Object.assign(new Error(`postgres://user:${canary}@db/x is not there`), {
      password: canary,
    });
    request.log.info({ headers: request.headers, body: request.body }, 'a careless line');
    throw new Error(`failed with Bearer ${canary}`, { cause });
  });
};
beforeAll(async () => {
  db = await openTestDatabase();
  node = await controlNode(db, { v1: [failing] });
});
afterAll(async () => {
  await node.close();
  await db.close();
});

/** Every way in which a secret may be written. */
const forms = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  JSON.stringify(secret).slice(1, -1),
];
function expectNowhere(text: string, secrets: readonly string[]): void {
  for (const secret of secrets) {
    for (const form of forms(secret)) expect(text.includes(form), form).toBe(false);
  }
}

describe('INV-22: what nobody may read', () => {
  test('is in no line of the log, in no error and in no audit, whatever is done with it', async () => {
    const admin = await node.browser(await node.account('admin@example.com'));
    const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
      node.ask({ method: 'POST', url, payload, headers });
    const { token } = (await post('/v1/access/invitations', { email: 'viewer@example.com' }, admin)).json<{
      token: string;
    }>();
    const secret = `${canary} "quoted" ümlaut`;
    const up = await post('/v1/auth/signup', {
      invitation: token,
      name: 'V',
      password: secret,
      client: 'program',
    });
    const { tokens } = up.json<SignedIn>();
    if (tokens === null) throw new Error('no tokens');
    const answers = [
      await post('/v1/auth/signup', { invitation: token, name: 'V', password: secret }),
      await post('/v1/auth/login', { email: 'viewer@example.com', password: `${canary}-wrong` }),
      await post('/v1/auth/login', { email: canary, password: secret, more: canary }),
      await post('/v1/auth/login', { email: 'viewer@example.com', password: { deep: canary } }),
      await post('/v1/auth/refresh', { refreshToken: `${tokens.refreshToken}x` }),
      await node.ask({ url: `/v1/me?token=${tokens.accessToken}` }),
      await node.ask({ url: '/v1/me', headers: { authorization: `Bearer ${tokens.accessToken}x` } }),
      await node.ask({ url: '/v1/me', headers: { authorization: `Basic ${btoa(`a:${canary}`)}` } }),
      await post('/v1/tenants/setup', { password: canary, deep: { token: canary } }, admin),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([
      403, 401, 400, 400, 401, 400, 401, 401, 500,
    ]);
    const cookie = admin['cookie']?.split('=')[1] ?? '';
    const secrets = [
      tokens.accessToken,
      tokens.refreshToken,
      token,
      cookie,
      admin['x-csrf-token'] ?? '',
      secret,
    ];
    const log = node.log.join('');
    expect(log).toContain('a careless line');
    expect(log).toContain('a request failed');
    expectNowhere(log, [canary, ...secrets]);
    expectNowhere(answers.map(({ body }) => body).join(''), secrets);
    // He said so himself in the address field; who tried is what the audit is for.
    const { items } = await node.audit();
    expectNowhere(JSON.stringify(items.map((item) => ({ ...item, who: '', target: '' }))), [
      canary,
      ...secrets,
    ]);
    expect(answers.at(-1)?.body).not.toContain(canary);
  }, 120_000);

  test.each([
    [
      'a field by its name',
      { user: { passwordHash: canary, refresh_token: canary, 'set-cookie': [canary] } },
    ],
    ['a value by its type', { value: new Secret(canary), list: [new Secret(canary)] }],
    ['an address by its look', { url: `redis://default:${canary}@10.0.0.2` }],
    ['a header by its look', { raw: `Authorization: Bearer ${canary}` }],
    ['an error and its cause', { err: new Error('x', { cause: new Error(`https://a:${canary}@b`) }) }],
    ['bytes', { bytes: Buffer.from(canary) }],
    [
      'what is too deep to look at',
      { a: { a: { a: { a: { a: { a: { a: { a: { a: { password: canary } } } } } } } } } },
    ],
  ])('is taken from the log: %s', (_what, fields) => {
    const lines: string[] = [];
    const log = webLog({ write: (line) => void lines.push(line) });
    log.info(fields, `and in the text: Basic ${canary}`);
    log.child(fields).error('of a child');
    expect(lines).toHaveLength(2);
    expectNowhere(lines.join(''), [canary]);
  });

  test('is all that is taken: what helps stays', () => {
    const lines: string[] = [];
    const cause = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
    webLog({ write: (line) => void lines.push(line) }).error(
      { err: new Error('store', { cause }), tenant: 'acme' },
      'x',
    );
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      tenant: 'acme',
      msg: 'x',
      err: { message: 'store', cause: { message: 'connection refused', code: 'ECONNREFUSED' } },
    });
  });
});
