import type { AddressInfo } from 'node:net';
import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GitError } from '../../desired-state/git/errors.ts';
import { SecretError } from '../../desired-state/secrets/secret-error.ts';
import { EditError } from '../../desired-state/write/edit-error.ts';
import { WebError } from '../../web/errors.ts';
import type { Database } from '../../web/ports.ts';
import { fields, typed } from '../../web/request.ts';
import { type ControlNode, controlNode } from '../support/control-node.ts';
import { openTestDatabase } from '../support/database.ts';

const problem = {
  code: 'schema/type',
  severity: 'error',
  path: 'tenants/acme/tenant.yaml',
  line: 3,
  column: 5,
  pointer: '/spec/node',
  message: 'must be a text',
} as const;
const conflicting = { path: 'tenants/acme/tenant.yaml', base: 'a', ours: 'b', theirs: 'c' };

/** What goes wrong in a route, by the name that the request gives. */
const errors: Record<string, () => unknown> = {
  web: () => new WebError('tenant/odd', 418, 'It is odd.', { headers: { 'retry-after': '7' } }),
  conflict: () => new EditError('edit/conflict', 'Somebody else changed it.', { files: [conflicting] }),
  invalid: () => new EditError('edit/invalid', 'It would leave one problem.', { problems: [problem] }),
  unknown: () => new EditError('edit/unknown', 'There is no such thing.'),
  git: () => new GitError('git/unreachable', 'The server does not answer.'),
  moved: () => new GitError('git/moved', 'The branch is elsewhere.'),
  secret: () => new SecretError('secret/refused', 'It is empty.'),
  other: () => new Error('the innermost thing at /var/lib/tenantry broke'),
  thrown: () => 'not even an error',
};

const body = Type.Object({ name: Type.String(), count: Type.Optional(Type.Integer()) });
const querystring = fields({ limit: Type.Optional(Type.Integer()), flag: Type.Optional(Type.Boolean()) });
const routes: FastifyPluginAsync = async (app) => {
  typed(app).post('/plan', { schema: { body } }, async (request) => request.body);
  typed(app).get('/overview', { schema: { querystring } }, async (request) => request.query);
  app.get('/commits/:oid', async (request) => {
    throw errors[(request.params as { oid: string }).oid]?.();
  });
  app.get(
    '/channels',
    { schema: { response: { 200: Type.Object({ items: Type.Integer() }) } } },
    async () => ({
      items: 'many' as unknown as number,
    }),
  );
  app.get('/nodes', async (_request, reply) => {
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write('data: first\n\n');
    app.closing.addEventListener('abort', () => reply.raw.end());
    return reply.hijack();
  });
};

let db: Database;
let node: ControlNode;
let headers: Record<string, string>;
let missing: string[] = [];
beforeAll(async () => {
  db = await openTestDatabase();
  node = await controlNode(db, {
    v1: [routes],
    waitingFor: async () => missing,
    metricsToken: 'for prometheus',
  });
  headers = await node.browser(await node.account('admin@example.com'));
});
afterAll(async () => {
  await node.close();
  await db.close();
});

const plan = (payload: object) => node.ask({ method: 'POST', url: '/v1/plan', headers, payload });
const failing = (name: string) => node.ask({ url: `/v1/commits/${name}`, headers });

describe('what comes in', () => {
  test('is taken as it is when its schema allows it', async () => {
    expect((await plan({ name: 'a', count: 1 })).json()).toEqual({ name: 'a', count: 1 });
  });

  test.each([
    ['a text for a number', { name: 'a', count: '80' }, '/count must be integer.'],
    [
      'a field that is not named',
      { name: 'a', cuont: 1 },
      'body must NOT have additional properties: cuont.',
    ],
    ['a field too few', {}, "body must have required property 'name'."],
  ])('with %s is refused with its pointer', async (_what, payload, sentence) => {
    const answer = await plan(payload);
    const json = answer.json<{ detail: string; problems: unknown[] }>();
    expect(json).toMatchObject({ status: 400, code: 'request/invalid', title: 'Bad Request' });
    expect(json.detail).toContain(sentence);
    expect(json.problems).toMatchObject([{ in: 'body', pointer: expect.any(String) }]);
  });

  test('in the address is read as what its schema names', async () => {
    const ask = (query: string) => node.ask({ url: `/v1/overview?${query}`, headers });
    expect((await ask('limit=5&flag=true')).json()).toEqual({ limit: 5, flag: true });
    expect((await ask('limit=five')).statusCode).toBe(400);
    expect((await ask('limti=5')).statusCode).toBe(400);
  });

  test.each([
    ['no JSON', '{', 400],
    ['a key that reaches for the prototype', '{"__proto__": {"a": 1}, "name": "a"}', 400],
    ['more than 2 MiB', `"${'x'.repeat(2 * 1024 * 1024)}"`, 413],
  ])('as %s is refused', async (_what, payload, status) => {
    const given = { ...headers, 'content-type': 'application/json' };
    const answer = await node.ask({ method: 'POST', url: '/v1/plan', headers: given, payload });
    expect(answer.json()).toMatchObject({ status, code: expect.stringMatching(/^request\//) });
  });

  test('to a route that is not there is told so', async () => {
    const answer = await node.ask({ url: '/v1/nothing?a=b' });
    expect(answer.json()).toMatchObject({
      status: 404,
      code: 'request/no-route',
      detail: 'There is no GET /v1/nothing.',
    });
  });
});

describe('what goes wrong', () => {
  test.each([
    ['web', 418, 'tenant/odd'],
    ['conflict', 409, 'edit/conflict'],
    ['invalid', 422, 'edit/invalid'],
    ['unknown', 404, 'edit/unknown'],
    ['git', 503, 'git/unreachable'],
    ['moved', 409, 'git/moved'],
    ['secret', 422, 'secret/refused'],
    ['other', 500, 'internal'],
    ['thrown', 500, 'internal'],
  ])('as %s is answered with %i %s as problem+json', async (name, status, code) => {
    const answer = await failing(name);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, 'application/problem+json']);
    expect(answer.json()).toMatchObject({ status, code, type: 'about:blank' });
  });

  test('carries both texts of a conflict, the places of problems, and when to come back', async () => {
    expect((await failing('conflict')).json()).toMatchObject({
      conflict: { revision: null, files: [conflicting] },
    });
    expect((await failing('invalid')).json()).toMatchObject({ problems: [problem] });
    expect((await failing('web')).headers['retry-after']).toBe('7');
    expect((await failing('git')).headers['retry-after']).toBe('5');
  });

  test('unforeseen tells its request, under which the log says what it was', async () => {
    const answer = await failing('other');
    const id = String(answer.headers['x-request-id']);
    expect(answer.json<{ detail: string }>().detail).toContain(id);
    expect(answer.body).not.toContain('/var/lib');
    const line = node.log.find((one) => one.includes(id) && one.includes('a request failed'));
    expect(line).toContain('the innermost thing at /var/lib/tenantry broke');
  });

  test('with an answer that is not as its schema says is an error of ours', async () => {
    expect((await node.ask({ url: '/v1/channels', headers })).statusCode).toBe(500);
  });
});

describe('every answer', () => {
  test('forbids scripts but those of the page, frames, and everything from elsewhere', async () => {
    const answer = await node.ask({ url: '/healthz' });
    const policy = String(answer.headers['content-security-policy']);
    const directives = new Map(
      policy.split(';').map((one) => [one.split(' ')[0] ?? '', one.split(' ').slice(1)]),
    );
    expect(directives.get('default-src')).toEqual(["'none'"]);
    expect(directives.get('script-src')).toEqual(["'self'"]);
    expect(directives.get('script-src-attr')).toEqual(["'none'"]);
    expect(directives.get('frame-ancestors')).toEqual(["'none'"]);
    expect(directives.get('base-uri')).toEqual(["'none'"]);
    expect(policy).not.toContain('unsafe-eval');
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('of the API is kept by nobody, errors too', async () => {
    for (const url of ['/v1/me', '/v1/openapi.json', '/v1/nothing']) {
      expect((await node.ask({ url })).headers['cache-control']).toBe('no-store');
    }
  });
});

describe('of itself', () => {
  test('it tells that it lives, and what it waits for', async () => {
    expect((await node.ask({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
    expect((await node.ask({ url: '/readyz' })).statusCode).toBe(200);
    missing = ['the first fetch of the repository'];
    const answer = await node.ask({ url: '/readyz' });
    expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'waiting', missing }]);
    missing = [];
  });

  test('it tells Prometheus, by its token, how long each route took, by its pattern', async () => {
    await failing('web');
    const ask = (authorization: string) => node.ask({ url: '/metrics', headers: { authorization } });
    expect((await node.ask({ url: '/metrics' })).statusCode).toBe(401);
    expect((await ask('Bearer wrong')).statusCode).toBe(401);
    const answer = await ask('Bearer for prometheus');
    expect(answer.body).toMatch(
      /request_seconds_count\{method="GET",route="\/v1\/commits\/:oid",status="418"\} \d/,
    );
    expect(answer.body).not.toContain('/v1/commits/web');
  });

  test('it tells its metrics without a token to this machine alone, and not through a proxy', async () => {
    const open = await controlNode(db, { origins: [] });
    const ask = (remoteAddress: string, more = {}) =>
      open.ask({ url: '/metrics', remoteAddress, headers: more });
    expect((await ask('127.0.0.1')).statusCode).toBe(200);
    expect((await ask('127.0.0.1', { 'x-forwarded-for': '203.0.113.7' })).statusCode).toBe(401);
    expect((await ask('203.0.113.7')).statusCode).toBe(401);
    // A page of another site whose name leads to this machine.
    expect((await ask('127.0.0.1', { host: 'rebound.example:8080' })).statusCode).toBe(401);
    expect((await ask('127.0.0.1', { host: '127.0.0.1:8080' })).statusCode).toBe(200);
    expect((await ask('::1', { host: '[::1]:8080' })).statusCode).toBe(200);
    await open.close();
    for (const options of [{ origins: ['https://control.example.com'] }, { trustedProxies: ['127.0.0.1'] }]) {
      const behind = await controlNode(db, { origins: [], ...options });
      expect((await behind.ask({ url: '/metrics', remoteAddress: '127.0.0.1' })).statusCode).toBe(401);
      await behind.close();
    }
    const here = await controlNode(db, { origins: ['http://localhost:8080'] });
    expect((await here.ask({ url: '/metrics', remoteAddress: '127.0.0.1' })).statusCode).toBe(200);
    await here.close();
  });

  test('it describes its API as OpenAPI 3.1', async () => {
    const api = (await node.ask({ url: '/v1/openapi.json' })).json<{
      openapi: string;
      paths: Record<
        string,
        Record<string, { requestBody?: unknown; security: unknown[]; description: string }>
      >;
    }>();
    expect(api.openapi).toBe('3.1.0');
    expect(api.paths['/v1/auth/login']?.['post']).toMatchObject({
      security: [],
      requestBody: expect.anything(),
    });
    expect(api.paths['/v1/access/roles']?.['put']?.description).toBe('For platform-admin.');
    expect(api.paths['/v1/access/roles']?.['put']?.security).toHaveLength(2);
    expect(Object.keys(api.paths).filter((path) => !path.startsWith('/v1/'))).toEqual([]);
  });
});

test('closing ends streams that listen to it', async () => {
  const other = await controlNode(db, { v1: [routes] });
  await other.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = other.app.server.address() as AddressInfo;
  const cookie = headers['cookie'] ?? '';
  const response = await fetch(`http://127.0.0.1:${port}/v1/nodes`, { headers: { cookie } });
  const received: string[] = [];
  for await (const chunk of response.body ?? []) {
    received.push(new TextDecoder().decode(chunk as Uint8Array));
    if (received.length === 1) void other.close();
  }
  expect(received).toEqual(['data: first\n\n']);
  await other.close();
});
