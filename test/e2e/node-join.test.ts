import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { gitTokenFor } from '../../reconciler/link/git-token.ts';
import type { NodeView } from '../../web/api/models/platform.ts';
import { type CliProcess, startCli } from '../support/cli-process.ts';
import { type ControlProcess, startControlProcess } from '../support/control-process.ts';
import { commit, git, write } from '../support/git-control.ts';
import { health, runtimeImage, TestHost, yaml } from '../support/host.ts';
import { startReconcilerProcess } from '../support/reconciler-process.ts';
import { containerWhen } from '../support/watched.ts';

vi.setConfig({ testTimeout: 120_000 });

let host: TestHost;
let control: ControlProcess;
let node: CliProcess | null = null;
let clone: string;

const repo = (): string => `${control.url}/git/platform.git`;
const dataDir = (): string => join(host.dir, 'data');
const nodeView = (): Promise<NodeView> => control.ask('GET', `/v1/nodes/${host.node}`);

beforeAll(async () => {
  host = await TestHost.make();
  control = await startControlProcess({ platform: host.platform });
  const { secret } = await control.ask<{ secret: string }>('POST', '/v1/git-tokens', {
    name: 'test',
    scopes: ['push'],
  });
  clone = join(host.dir, 'clone');
  const cloned = await git(host.dir, 'clone', '--quiet', repo().replace('//', `//ada:${secret}@`), clone);
  if (cloned.code !== 0) throw new Error(cloned.shown);
}, 300_000);
afterAll(async () => {
  await node?.end('SIGTERM');
  await control?.close();
  await host?.remove();
}, 120_000);

async function push(files: Record<string, string>): Promise<string> {
  write(clone, files);
  const made = await commit(clone, 'change');
  const { code, shown } = await git(clone, 'push', '--quiet', 'origin', 'main');
  expect(code, shown).toBe(0);
  return made;
}

/** Runs the command that the control node answers for joining. */
async function joinAgain(): Promise<string> {
  const path = `/v1/nodes/${host.node}/join-token`;
  const { command } = await control.ask<{ command: string }>('POST', path, {});
  const [program, ...args] = command.split(' ');
  expect(program).toBe('tenantry');
  const joining = startCli([...args, '--data-dir', dataDir()]);
  expect(await joining.ended(), joining.output()).toBe(0);
  return (await gitTokenFor(dataDir(), repo())) ?? '';
}

async function mayRead(token: string): Promise<boolean> {
  const { code } = await git(host.dir, 'ls-remote', repo().replace('//', `//node:${token}@`));
  return code === 0;
}

function startNode(): CliProcess {
  const more = ['--control', control.url];
  return startReconcilerProcess(host, { repo: repo(), more, env: { TENANTRY_GIT_TOKEN: '' } });
}

test('a node that was pushed joins at once, and runs what the control node serves with a token of its own', async () => {
  const spec = { network: { pool: host.pool, shards: 1 } };
  await push({ [`nodes/${host.node}.yaml`]: yaml('Node', host.node, spec) });
  const token = await joinAgain();
  for (const file of ['git-token.json', 'link-key.json']) {
    expect(statSync(join(dataDir(), file)).mode & 0o777).toBe(0o600);
  }
  expect(await mayRead(token)).toBe(true);
  node = startNode();
  await expect.poll(async () => (await nodeView()).linked, { timeout: 60_000 }).toBe(true);
  const image = await runtimeImage('v1');
  const name = host.name('acme');
  const tenant = { owner: 'ops@example.com', node: host.node, image, runtime: { health } };
  const revision = await push({ [`tenants/${name}/tenant.yaml`]: yaml('Tenant', name, tenant) });
  await containerWhen(host, 'acme', 'runs', ({ State }) => State.Running);
  await expect.poll(async () => (await nodeView()).revision, { timeout: 60_000 }).toBe(revision);
});

test('its token reads and never pushes, and goes nowhere else', async () => {
  const token = (await gitTokenFor(dataDir(), repo())) ?? '';
  const address = repo().replace('//', `//node:${token}@`);
  const { code, shown } = await git(clone, 'push', address, 'HEAD:refs/heads/other');
  expect([code, shown]).toEqual([128, expect.stringContaining('403')]);
  for (const other of ['https://git.example.com/platform.git', host.repository.dir, address]) {
    expect(await gitTokenFor(dataDir(), other)).toBeNull();
  }
});

test('joining again ends the token before, and a key that is revoked ends the token with it', async () => {
  const before = (await gitTokenFor(dataDir(), repo())) ?? '';
  const after = await joinAgain();
  expect([await mayRead(before), await mayRead(after)]).toEqual([false, true]);
  await node?.end('SIGTERM');
  node = startNode();
  await expect.poll(async () => (await nodeView()).linked, { timeout: 60_000 }).toBe(true);
  await control.ask('DELETE', `/v1/nodes/${host.node}/key`);
  expect(await mayRead(after)).toBe(false);
  await node.says("this node's key is not accepted any more");
});
