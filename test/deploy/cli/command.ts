import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { execa } from 'execa';
import type { CommandContext } from '../../../deploy/cli/context.ts';
import { plain } from '../../../deploy/cli/output/colours.ts';
import { runCommandLine } from '../../../deploy/cli/run.ts';

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

/** What of this process's environment a command may see: nothing that it reads itself. */
function environment(more: RunOptions['env'] = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TENANTRY_|GIT_|DOCKER_|NO_COLOR|FORCE_COLOR)/.test(name),
  );
  return { ...Object.fromEntries(kept), TENANTRY_AUTHOR: 'Test Person <test@example.com>', ...more };
}

/** Runs the real command line as a process of its own. */
export async function tenantry(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [main, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: environment(options.env),
    extendEnv: false,
    reject: false,
    timeout: 60_000,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  return { code: exitCode, stdout, stderr };
}

/**
 * Runs a command in this process, where a start would cost more than the command. It is the same code from the first
 * word on; only the process around it is not.
 */
export async function inProcess(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let asked = 0;
  const print = (stream: PassThrough, lines: readonly string[]): void =>
    void stream.write(lines.map((line) => `${line}\n`).join(''));
  const context: CommandContext = {
    env: environment(options.env),
    cwd: options.cwd ?? tmpdir(),
    stdin: Readable.from(options.input === undefined ? [] : [Buffer.from(options.input)]),
    stdout,
    stderr,
    colours: plain,
    width: 80,
    signal: new AbortController().signal,
    now: () => Date.now(),
    print: (...lines) => print(stdout, lines),
    note: (...lines) => print(stderr, lines),
    printJson: (value) => print(stdout, [JSON.stringify(value, null, 2)]),
    exitWith: (code) => {
      asked = code;
    },
  };
  const written = Promise.all([stdout, stderr].map(text));
  const code = await runCommandLine({ context, exitCode: () => asked }, args);
  stdout.end();
  stderr.end();
  // As execa does: without the last line break.
  const [out = '', errors = ''] = (await written).map((each) => each.replace(/\n$/, ''));
  return { code, stdout: out, stderr: errors };
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
