import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const main = join(import.meta.dirname, '..', '..', '..', 'deploy', 'cli', 'main.ts');

export interface Ended {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the real command line as a process of its own, without anything of this process's environment that it reads. */
export async function tenantry(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TENANTRY_|GIT_|DOCKER_|NO_COLOR|FORCE_COLOR)/.test(name),
  );
  const env = {
    ...Object.fromEntries(kept),
    TENANTRY_AUTHOR: 'Test Person <test@example.com>',
    ...options.env,
  };
  const { exitCode, stdout, stderr } = await execa(process.execPath, [main, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env,
    extendEnv: false,
    reject: false,
    timeout: 60_000,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  return { code: exitCode, stdout, stderr };
}

/** Runs git in a folder and answers its output. */
export async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com'];
  return (await execa('git', [...identity, ...args], { cwd })).stdout;
}

/** A new folder that `remove` takes away again. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'tenantry-cli-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
