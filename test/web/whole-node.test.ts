import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { starterFiles } from '../../desired-state/write/starter.ts';
import type { ServerMessage } from '../../web/api/models/live.ts';
import { localWebOptions } from '../../web/options.ts';
import { type RunningWeb, startWeb } from '../../web/start.ts';
import { type AskApi, administrator, signUpAdministrator } from '../support/control-api.ts';
import { silentLog } from '../support/database.ts';
import { type FixtureRepository, git, makeRepository } from '../support/git-repo.ts';

/** A whole control node over a repository elsewhere, whose commits it signs, with people of each role. */
const dir = mkdtempSync(join(tmpdir(), 'tenantry-whole-'));
const key = join(dir, 'signing');
let work: FixtureRepository;
let bare: string;
let web: RunningWeb;
let admin: AskApi;
const sockets: WebSocket[] = [];

beforeAll(async () => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'control', '-f', key]);
  work = makeRepository(await starterFiles({ platform: 'whole' }));
  bare = work.bare();
  web = await startWeb(
    localWebOptions({
      dataDir: join(dir, 'data'),
      repo: bare,
      platform: 'whole',
      page: null,
      log: silentLog,
      signingKey: key,
      environment: { PATH: process.env['PATH'] },
    }),
  );
  admin = await signUpAdministrator(web.url, web.setupToken);
}, 120_000);
afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await web.close();
  work.remove();
  rmSync(dir, { recursive: true, force: true });
});

interface Person {
  readonly token: string;
  /** Asks as he; answers status and body. */
  ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
}

/** Somebody who is invited by the administrator, and signs up. */
async function person(email: string): Promise<Person> {
  const { token: invitation } = await admin<{ token: string }>('POST', '/v1/access/invitations', { email });
  const signUp = { name: 'Somebody', password: administrator.password, invitation, client: 'program' };
  const answer = await fetch(`${web.url}/v1/auth/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(signUp),
  });
  expect(answer.status).toBe(201);
  const token = ((await answer.json()) as { tokens: { accessToken: string } }).tokens.accessToken;
  return {
    token,
    async ask(method, path, body) {
      const reply = await fetch(`${web.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: reply.status, body: await reply.json() };
    },
  };
}

const head = (): string => git(bare, ['rev-parse', 'refs/heads/main']);
const platform = (): string => git(bare, ['show', 'main:tenantry.yaml']);
const putRole = (email: string, role: string | null, query = ''): Promise<Record<string, never>> =>
  admin('PUT', `/v1/access/roles${query}`, { base: head(), email, role });

describe('roles, through the whole control node', () => {
  const email = 'olga@example.com';

  test('are refused where nobody would be platform-admin, and nothing is committed', async () => {
    const before = head();
    await expect(putRole('no address', 'operator')).rejects.toThrow(/400 /);
    await expect(putRole(email, 'king')).rejects.toThrow(/400 /);
    expect(head()).toBe(before);
    // With the first role the administrator of the setup is written down as well, and is then the last one.
    await putRole('viola@example.com', 'viewer');
    const named = head();
    await expect(putRole(administrator.email, 'viewer')).rejects.toThrow(/422 .*nobody|422 .*Somebody/);
    await expect(putRole(administrator.email, null)).rejects.toThrow(/422 /);
    expect(head()).toBe(named);
  });

  test('are previewed and proposed without being given', async () => {
    const before = head();
    const olga = await person(email);
    const preview = await putRole(email, 'operator', '?dry-run=true');
    expect(preview).toMatchObject({ subject: 'Change who may do what', problems: [] });
    const proposed = await putRole(email, 'operator', '?propose=true');
    const { branch = '' } = (proposed['proposal'] ?? {}) as { branch?: string };
    expect(git(bare, ['show', `${branch}:tenantry.yaml`])).toContain(email);
    expect(head()).toBe(before);
    expect((await olga.ask('GET', '/v1/tenants')).status).toBe(403);
  });

  test('are given by a signed commit, hold from the next request on, and are gone as soon as Git takes them', async () => {
    const oscar = 'oscar@example.com';
    const operator = await person(oscar);
    const given = await putRole(oscar, 'operator');
    expect(head()).toBe(given['commit']);
    expect(git(bare, ['cat-file', 'commit', head()])).toContain('-----BEGIN SSH SIGNATURE-----');
    expect(platform()).toContain(oscar);
    expect((await operator.ask('GET', '/v1/tenants')).status).toBe(200);
    expect((await operator.ask('GET', '/v1/audit')).status).toBe(200);
    const mine = { base: head(), email: oscar, role: 'platform-admin' };
    expect((await operator.ask('PUT', '/v1/access/roles', mine)).status).toBe(403);
    const listed = await admin<{ roles: unknown }>('GET', '/v1/access');
    expect(JSON.stringify(listed)).toContain(oscar);
    await putRole(oscar, null);
    expect((await operator.ask('GET', '/v1/tenants')).status).toBe(403);
  });
});

/** A socket of somebody, and what it was told. */
async function listener({ token }: Person, ...topics: string[]): Promise<ServerMessage[]> {
  const address = `${web.url.replace('http', 'ws')}/v1/events/ws`;
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${token}` } });
  sockets.push(socket);
  const heard: ServerMessage[] = [];
  socket.on('message', (data: Buffer) => void heard.push(JSON.parse(data.toString()) as ServerMessage));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.send(JSON.stringify({ type: 'subscribe', topics }));
  await expect.poll(() => heard.some(({ type }) => type === 'subscribed')).toBe(true);
  return heard;
}

describe('an owner at the socket', () => {
  test('hears of his own tenants and of commits that touch them, and nothing of others', async () => {
    const owner = await person('ops@acme.example');
    const heard = await listener(
      owner,
      'tenants',
      'commits',
      'nodes',
      'logs:globex',
      'tenant:globex',
      'logs:acme',
    );
    const refused = heard.flatMap((one) => (one.type === 'refused' ? [one.topic] : []));
    expect(refused.toSorted()).toEqual(['logs:globex', 'nodes', 'tenant:globex']);
    const change = async (tenant: string): Promise<string> => {
      const set = { base: head(), set: { '/spec/runtime/env/LOG_LEVEL': 'warn' } };
      const made = await admin<{ commit: string }>('PATCH', `/v1/tenants/${tenant}/config`, set);
      return made.commit;
    };
    const foreign = await change('globex');
    await admin('POST', '/v1/tenants/globex/runtime/stop');
    const both = await admin<{ commit: string }>('POST', '/v1/channels/production/pin', {
      base: head(),
      images: { runtime: 'registry.example.com/runtime:v9.9.9' },
    });
    const mine = await change('acme');
    await admin('POST', '/v1/tenants/acme/runtime/stop');
    const progressOf = (oid: string) =>
      heard.flatMap((one) =>
        one.type === 'progress' && one.progress.commit.oid === oid ? [one.progress] : [],
      );
    // What comes after it on the same way has come, so what was not to come would have come too.
    const linesOf = (name: string) =>
      heard.filter((one) => one.type === 'tenant' && one.tenant.name === name);
    await expect.poll(() => progressOf(mine).length).toBeGreaterThan(0);
    await expect.poll(() => linesOf('acme').length).toBeGreaterThan(0);
    expect(progressOf(foreign)).toEqual([]);
    const named = new Set(heard.flatMap((one) => (one.type === 'tenant' ? [one.tenant.name] : [])));
    expect([...named]).toEqual(['acme']);
    const tenants = progressOf(both.commit).flatMap((one) => one.tenants.map(({ tenant }) => tenant));
    expect([...new Set(tenants)].filter((tenant) => tenant !== 'acme')).toEqual([]);
    expect(JSON.stringify(heard.filter(({ type }) => type !== 'refused'))).not.toContain('globex');
    const audit = await admin<{ items: { who: string; target: string; outcome: string }[] }>(
      'GET',
      '/v1/audit?action=live',
    );
    expect(audit.items.map(({ who, target, outcome }) => `${outcome} ${who} ${target}`).toSorted()).toEqual([
      'refused ops@acme.example logs:globex',
      'refused ops@acme.example nodes',
      'refused ops@acme.example tenant:globex',
    ]);
  });
});
