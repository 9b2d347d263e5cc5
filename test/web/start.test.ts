import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessTable } from '../../web/access/table.ts';
import { webLog } from '../../web/http/log.ts';
import { localWebOptions } from '../../web/options.ts';
import { type RunningWeb, startWeb } from '../../web/start.ts';
import { commit, git, write } from '../support/git-control.ts';

const dir = mkdtempSync(join(tmpdir(), 'tenantry-start-'));
const logged: string[] = [];
const options = localWebOptions({
  dataDir: join(dir, 'data'),
  platform: 'example',
  page: null,
  log: webLog({ write: (line) => void logged.push(line) }),
  environment: { PATH: process.env['PATH'] },
});

let web: RunningWeb;
beforeAll(async () => {
  web = await startWeb(options);
}, 120_000);
afterAll(async () => {
  await web.close();
  rmSync(dir, { recursive: true, force: true });
});

const ask = async (method: string, path: string, token: string | null, body?: unknown) => {
  const response = await fetch(`${web.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    answer: (text === '' ? null : JSON.parse(text)) as Record<string, never>,
  };
};

describe('a control node that is started with nothing', () => {
  let token: string;

  test('is ready, with a repository of its own and one way in', async () => {
    expect(await ask('GET', '/readyz', null)).toEqual({ status: 200, answer: { status: 'ok', missing: [] } });
    expect(web.store).toBe('embedded');
    expect((await ask('GET', '/v1/overview', null)).status).toBe(401);
    const signedUp = await ask('POST', '/v1/auth/signup', null, {
      invitation: web.setupToken,
      name: 'Ada',
      email: 'ada@example.com',
      password: 'correct horse battery',
      client: 'program',
    });
    expect(signedUp.status, JSON.stringify(signedUp.answer)).toBe(201);
    token = signedUp.answer['tokens']?.['accessToken'] ?? '';
    const overview = await ask('GET', '/v1/overview', token);
    expect(overview.status, JSON.stringify(overview.answer)).toBe(200);
    expect(overview.answer).toMatchObject({ platform: 'example', tenants: 0, problems: [] });
  });

  test('gives its administrator a Git token, and shows at once what he pushes', async () => {
    const made = await ask('POST', '/v1/git-tokens', token, { name: 'laptop', scopes: ['push'] });
    expect(made.status, JSON.stringify(made.answer)).toBe(201);
    const secret: string = made.answer['secret'] ?? '';
    const listed = await ask('GET', '/v1/git-tokens', token);
    expect(listed.answer).toMatchObject({
      cloneUrl: web.cloneUrl,
      may: ['read', 'push'],
      tokens: [{ name: 'laptop' }],
    });
    const clone = join(dir, 'clone');
    const address = (web.cloneUrl ?? '').replace('//', `//ada:${secret}@`);
    expect((await git(dir, 'clone', '--quiet', address, clone)).code).toBe(0);
    write(clone, {
      'library/prompts/tone.yaml':
        'apiVersion: tenantry.dev/v1\nkind: Prompt\nmetadata: {name: tone}\nspec: {text: Be kind.}\n',
    });
    const pushed = await commit(clone, 'library: a tone');
    const { code, shown } = await git(clone, 'push', 'origin', 'main');
    expect(code, shown).toBe(0);
    // Who pushed a node asks for its join token next: what git has told him was taken has been read.
    expect((await ask('GET', '/v1/overview', token)).answer['revision']).toBe(pushed);
    // Both are written afterwards.
    const told = async (path: string): Promise<string> =>
      JSON.stringify((await ask('GET', path, token)).answer);
    await expect.poll(() => told('/v1/history')).toContain('library: a tone');
    await expect.poll(() => told('/v1/audit?action=git')).toContain(pushed);
    const revoked = await ask('DELETE', `/v1/git-tokens/${made.answer['token']?.['id']}`, token);
    expect(revoked.status).toBe(204);
    expect((await git(clone, 'fetch', 'origin')).code).toBe(128);
    expect(logged.join('\n')).not.toContain(secret);
  });

  test('tells Prometheus how its store does, and what retention came to', async () => {
    const text = await (await fetch(`${web.url}/metrics`)).text();
    const value = (line: string): number =>
      Number(
        text
          .split('\n')
          .find((each) => each.startsWith(`${line} `))
          ?.split(' ')[1],
      );
    expect(value('tenantry_store_seconds_count{what="statement",outcome="done"}')).toBeGreaterThan(10);
    expect(value('tenantry_store_seconds_count{what="transaction",outcome="done"}')).toBeGreaterThan(0);
    expect(value('tenantry_store_retention_runs_total{outcome="done"}')).toBe(1);
    expect(value('tenantry_store_connections{state="waiting"}')).toBe(0);
  });

  test('INV-24: serves every route of the access table, and describes all that are not sockets', async () => {
    // This one has no page.
    const served = Object.keys(accessTable).filter((name) => name !== 'GET /' && name !== 'GET /*');
    const missing: string[] = [];
    for (const name of served) {
      const [method = '', pattern = ''] = name.split(' ');
      const path = pattern.replace(/:\w+/g, 'x');
      const reply = await fetch(`${web.url}${path}`, { method });
      const text = await reply.text();
      if (text.includes('request/no-route')) missing.push(name);
    }
    expect(missing).toEqual([]);
    const { answer } = await ask('GET', '/v1/openapi.json', null);
    const paths = Object.entries(answer['paths'] as unknown as Record<string, Record<string, unknown>>);
    const described = paths.flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    const hidden = new Set(['GET /v1/openapi.json', 'GET /v1/link', 'GET /v1/events/ws']);
    const wanted = served.filter((name) => name.includes(' /v1/') && !hidden.has(name));
    expect(described.toSorted()).toEqual(wanted.toSorted());
  });

  test('describes its API so that a validator takes it, and every refusal as the problem that it is', async () => {
    const { answer } = await ask('GET', '/v1/openapi.json', null);
    const judged = await new Validator().validate(structuredClone(answer));
    expect(judged).toMatchObject({ valid: true });
    // It does tell one that is none.
    const broken = { ...structuredClone(answer), paths: { '/v1/x': { get: { responses: 'none' } } } };
    expect((await new Validator().validate(broken)).valid).toBe(false);
    type Answers = Record<string, { content?: Record<string, { schema?: { $ref?: string } }> }>;
    const paths = answer['paths'] as unknown as Record<string, Record<string, { responses: Answers }>>;
    const wrong: string[] = [];
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        const refusals = Object.entries(responses).filter(([status]) => Number(status) >= 400);
        for (const [status, { content = {} }] of refusals) {
          const [[type, { schema = {} }] = ['', {}], more] = Object.entries(content);
          const fits = type === 'application/problem+json' && schema.$ref === '#/components/schemas/Problem';
          if (!fits || more !== undefined) wrong.push(`${method} ${path} ${status}`);
        }
        const named = refusals.map(([status]) => status);
        // Where nobody is asked who he is, nobody is refused for it.
        const open = method === 'get' && path === '/v1/auth/setup';
        for (const status of [...(open ? [] : ['401', '403']), '429', '503'])
          if (!named.includes(status)) wrong.push(`${method} ${path} does not name ${status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(Object.keys(paths['/v1/tenants/{tenant}/logs']?.['get']?.responses['200']?.content ?? {})).toEqual(
      ['text/event-stream'],
    );
    expect(Object.keys(paths['/v1/tenants/{tenant}/config']?.['put']?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '202', '400', '404', '409', '422']),
    );
  });

  test('lets no second one use its folder, and keeps everything over a restart but the way in', async () => {
    await expect(startWeb(options)).rejects.toThrow(/is in use by process/);
    await web.close();
    web = await startWeb(options);
    expect(web.setupToken).toBeNull();
    const signedIn = await ask('POST', '/v1/auth/login', null, {
      email: 'ada@example.com',
      password: 'correct horse battery',
      client: 'program',
    });
    expect(signedIn.status, JSON.stringify(signedIn.answer)).toBe(200);
    const { answer } = await ask('GET', '/v1/overview', signedIn.answer['tokens']?.['accessToken'] ?? '');
    expect(JSON.stringify(answer)).toContain('library: a tone');
  }, 120_000);

  test('INV-28: does not start with a webhook secret that is none', async () => {
    const other = { ...options, dataDir: join(dir, 'other'), webhooks: { github: '' } };
    await expect(startWeb(other)).rejects.toThrow('webhook secret for github');
  });
});
