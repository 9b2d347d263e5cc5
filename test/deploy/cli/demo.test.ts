import { readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { promptEdit } from '../../../deploy/cli/demo/tour.ts';
import { engineAt } from '../../../deploy/images/engine-build.ts';
import { type SecondEngine, secondEngine } from '../../support/engine.ts';
import { git, temporaryFolder } from './command.ts';

const main = join(import.meta.dirname, '..', '..', '..', 'deploy', 'cli', 'main.ts');
const patience = { timeout: 90_000, interval: 200 };

let engine: SecondEngine;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let dir: string;
let demo: ReturnType<typeof start> | null = null;
let said = '';
const started: ReturnType<typeof spawn>[] = [];

/** The demo where the containers of the private engine can be reached. */
function spawn(...args: readonly string[]) {
  const demoArgs = ['demo', '--dir', dir, '--docker', engine.host, ...args];
  const [program = '', ...rest] = [...engine.nsenter, process.execPath, main, ...demoArgs];
  return execa(program, rest, { cwd: tmpdir(), reject: false, all: true, env: { NO_COLOR: '1' } });
}

function start(...args: readonly string[]): ReturnType<typeof spawn> {
  const child = spawn(...args);
  started.push(child);
  return child;
}

const containers = () => engineAt(engine.host).listContainers({ all: true });
const runtimeOf = async (tenant: string) =>
  (await containers()).find(({ Names }) => Names.includes(`/tenant_${tenant}_runtime`));

beforeAll(async () => {
  engine = await secondEngine('demo');
  folder = await temporaryFolder();
  dir = join(folder.path, 'demo');
  demo = start();
  demo.all.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
}, 120_000);

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await Promise.all(started);
  // Ends what a failed test has left, the tmpfs of the secrets among it.
  await start('--down');
  await engine.close();
  await folder.remove();
}, 120_000);

describe('tenantry demo', { timeout: 120_000 }, () => {
  it('brings up three tenants and tells what runs where', async () => {
    const up = vi.waitFor(() => expect(said).toContain('Following the repository and Docker.'), patience);
    const ended = demo?.then(() => `the demo ended by itself: ${said}`);
    expect(await Promise.race([up.then(() => 'it is up'), ended])).toBe('it is up');
    expect(said).toMatch(/^acme +InSync +running +sha-\S+ +http:\/\/10\.\d+\.\d+\.\d+:8080\/api\/health$/m);
    expect(said).toMatch(/^globex +InSync +running /m);
    expect(said).toMatch(/^initech +InSync +stopped .* -$/m);
  });

  it('prints one address with a sign-in that is good there, where all three are shown in sync', async () => {
    const [, url = '', email = '', password = ''] =
      /^The page is at (\S+)\n +sign in as (\S+) with (\S+)$/m.exec(said) ?? [];
    const ask = async (path: string, ...more: readonly string[]): Promise<Record<string, unknown>> => {
      const curl = ['curl', '--silent', '--fail-with-body', ...more, url + path];
      const [program = '', ...rest] = [...engine.nsenter, ...curl];
      return JSON.parse((await execa(program, rest)).stdout) as Record<string, unknown>;
    };
    const body = JSON.stringify({ email, password, client: 'program' });
    const signedIn = await ask('/v1/auth/login', '--json', body);
    const { accessToken } = signedIn['tokens'] as { accessToken: string };
    const overview = (): Promise<unknown> =>
      ask('/v1/overview', '--header', `authorization: Bearer ${accessToken}`);
    await vi.waitFor(
      async () =>
        expect(await overview()).toMatchObject({ tenants: 3, phases: { InSync: 3 }, attention: [] }),
      patience,
    );
  });

  it('prints an address that answers', async () => {
    const url = /^acme .*(http:\S+)$/m.exec(said)?.[1] ?? '';
    const [program = '', ...rest] = [...engine.nsenter, 'curl', '--silent', '--fail', url];
    expect(JSON.parse((await execa(program, rest)).stdout)).toMatchObject({ status: 'ok' });
  });

  it('follows a commit without restarting anything', async () => {
    const before = await runtimeOf('acme');
    const repo = join(dir, 'repo');
    const path = join(repo, promptEdit.path);
    await writeFile(path, (await readFile(path, 'utf8')).replace(promptEdit.from, promptEdit.to));
    await git(repo, 'commit', '-qam', 'acme: warmer greeting');
    // The Git server of the control node is where the demo is.
    const [program = '', ...rest] = [...engine.nsenter, 'git', '-C', repo, 'push', '--quiet'];
    await execa(program, rest);
    await vi.waitFor(() => expect(said).toContain('“acme: warmer greeting”'), patience);
    await vi.waitFor(
      () => expect(said).toMatch(/acme +Git asks: managed files of acme.*in place, no interruption/),
      patience,
    );
    expect((await runtimeOf('acme'))?.Id).toBe(before?.Id);
  });

  it('starts a container again that was killed', async () => {
    const before = await runtimeOf('globex');
    await engineAt(engine.host)
      .getContainer(before?.Id ?? '')
      .kill();
    await vi.waitFor(
      () => expect(said).toMatch(/globex +drifted: container tenant_globex_runtime/),
      patience,
    );
    await vi.waitFor(async () => expect((await runtimeOf('globex'))?.State).toBe('running'), patience);
    expect((await runtimeOf('globex'))?.Id).toBe(before?.Id);
  });

  it('runs once a folder', async () => {
    const second = await start();
    expect(second.all).toMatch(/^error: The demo in .* runs already \(process \d+ since /m);
    expect(second.exitCode).toBe(1);
  });

  it('ends with Ctrl-C, and the tenants run on', async () => {
    demo?.kill('SIGINT');
    const ended = await demo;
    expect(ended?.exitCode).toBe(0);
    expect(said).toContain('The tenants run on.');
    expect((await runtimeOf('acme'))?.State).toBe('running');
  });

  it('removes every trace with --down, and nothing of anybody else', async () => {
    const docker = engineAt(engine.host);
    await docker.createVolume({ Name: 'tenant_stranger_state', Labels: { 'dev.tenantry.platform': 'demo' } });
    const down = await start('--down');
    expect(down.exitCode).toBe(0);
    expect(await containers()).toEqual([]);
    const { Volumes } = await docker.listVolumes();
    expect(Volumes.map(({ Name }) => Name)).toEqual(['tenant_stranger_state']);
    const networks = (await docker.listNetworks()).map(({ Name }) => Name).sort();
    expect(networks).toEqual(['bridge', 'host', 'none']);
    expect((await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? [])).toEqual([]);
    expect(await stat(dir).catch(() => null)).toBeNull();
    expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(dir);
    expect((await start('--down')).all).toContain('There was no demo');
  });
});
