import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setState } from '../../../desired-state/write/tenant-edits.ts';
import { gitHub } from '../../../web/edits/github.ts';
import { proposalBranch } from '../../../web/edits/propose.ts';
import { isPreview } from '../../../web/edits/request.ts';
import { git } from '../../support/git-repo.ts';
import { ada, type DeskWorld, deskWorld } from '../../support/web-desk.ts';

interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Record<string, unknown>;
}

let host: Server;
let asked: Asked[];
let answer: { status: number; body: unknown };
let world: DeskWorld;
let clock: number;

beforeEach(async () => {
  asked = [];
  // The shape that GitHub documents for "Create a pull request".
  answer = { status: 201, body: { number: 7, state: 'open', html_url: 'https://github.example/o/r/pull/7' } };
  host = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
      asked.push({ path: `${request.method} ${request.url}`, headers: request.headers, body });
      response
        .writeHead(answer.status, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const { port } = host.address() as AddressInfo;
  const pulls = gitHub({ repository: 'o/r', token: 'secret-token', baseUrl: `http://127.0.0.1:${port}/` });
  clock = 0;
  world = await deskWorld({ pulls, now: () => clock });
});
afterEach(async () => {
  await world.close();
  await new Promise((resolve) => host.close(resolve));
});

async function propose(caller = ada) {
  const result = await world.desk.edit({
    caller,
    base: null,
    tenants: ['acme'],
    build: (source) => setState(source, 'acme', 'stopped'),
    merge: 'fields',
    query: { propose: true },
  });
  if (isPreview(result)) throw new Error('a preview');
  return result;
}

test('a proposed change is a branch with its commit and a pull request, and the followed branch stays', async () => {
  const before = world.head();
  const { commit, proposal } = await propose();
  expect(world.head()).toBe(before);
  expect(proposal).toMatchObject({ url: 'https://github.example/o/r/pull/7', problem: null });
  expect(git(world.bare, ['rev-parse', `refs/heads/${proposal?.branch}`])).toBe(commit);
  expect(git(world.bare, ['rev-parse', `${commit}^`])).toBe(before);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({
    path: 'POST /repos/o/r/pulls',
    headers: {
      authorization: 'Bearer secret-token',
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    },
    body: { title: 'acme: stop the runtime', head: proposal?.branch, base: 'main' },
  });
});

test('a host that refuses leaves the branch, and is told with its reason and without the token', async () => {
  answer = {
    status: 422,
    body: { message: 'Validation Failed', errors: [{ message: 'A pull request exists' }] },
  };
  const { commit, proposal } = await propose();
  expect(proposal).toMatchObject({ url: null, problem: expect.stringContaining('A pull request exists') });
  expect(proposal?.problem).not.toContain('secret-token');
  expect(git(world.bare, ['rev-parse', `refs/heads/${proposal?.branch}`])).toBe(commit);
});

test('one account proposes so many branches in a day, and nobody else is hindered', async () => {
  const owner = { ...ada, id: 'owner', role: 'tenant-owner' } as const;
  for (let count = 0; count < 50; count++) {
    clock += 1_000;
    await propose(owner);
  }
  const branches = () => git(world.bare, ['for-each-ref', 'refs/heads/proposals']).split('\n').length;
  await expect(propose(owner)).rejects.toMatchObject({
    status: 429,
    code: 'limit/exceeded',
    extra: { headers: { 'retry-after': '86351' } },
  });
  expect([branches(), asked.length]).toEqual([50, 50]);
  await propose({ ...owner, id: 'another' });
  await propose();
  expect(branches()).toBe(52);
  clock += 86_351_000;
  await propose(owner);
  await expect(propose(owner)).rejects.toMatchObject({ status: 429 });
}, 60_000);

test('an address that is no web address does not become a link', async () => {
  answer = { status: 201, body: { html_url: 'javascript:alert(1)' } };
  expect((await propose()).proposal?.url).toBeNull();
});

test('the name of a branch says what it is about, whatever the subject holds', () => {
  expect(proposalBranch('acme: stop the runtime', 'a1')).toBe('proposals/acme-stop-the-runtime-a1');
  expect(proposalBranch('../../x $(rm -rf) ~^:', 'a1')).toBe('proposals/x-rm-rf-a1');
  expect(proposalBranch('…', 'a1')).toBe('proposals/change-a1');
});
