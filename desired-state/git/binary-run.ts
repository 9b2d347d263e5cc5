import { execa } from 'execa';
import { GitError, scrub, starved } from './errors.ts';
import { LOCAL_MS, MAX_LISTING_BYTES } from './limits.ts';

/** Milliseconds between asking a process to end and ending it. */
const GRACE = 2_000;

/** What a finished git command left. `stderr` is scrubbed of credentials. */
export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Why a process did not end by itself: its signal, or the system's code where it could not be begun. */
export interface ProcessEnd {
  readonly code?: string | undefined;
  readonly signal?: string | undefined;
  readonly cause?: unknown;
}

export interface GitRunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds; default `LOCAL_MS`. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs one git command to its end and answers whatever it left, also when it failed.
 * @throws GitError `git/no-binary`; `git/starved`; `git/unreachable` when the time is over; the signal's reason when aborted
 */
export async function runGit(
  args: readonly string[],
  base: Readonly<Record<string, string>>,
  secrets: readonly string[],
  options: GitRunOptions = {},
): Promise<GitResult> {
  const timeout = options.timeout ?? LOCAL_MS;
  options.signal?.throwIfAborted();
  // Not `AbortSignal.timeout`: what listens to one is kept in memory until its time is over, minutes after the end.
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeout);
  const running = execa('git', args, {
    env: { ...base, ...options.env },
    extendEnv: false,
    reject: false,
    encoding: 'buffer',
    stripFinalNewline: false,
    // Collected below: execa copies what it collects, which holds the program when there is much of it.
    buffer: { stdout: false, stderr: true },
    input: options.input ?? '',
    // A process group of its own: git's helpers are ended with it, and ssh has no terminal to ask at.
    detached: true,
    cleanup: false,
  });
  const output: Uint8Array[] = [];
  let bytes = 0;
  const overflow = new AbortController();
  running.stdout.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > MAX_LISTING_BYTES) overflow.abort();
    else output.push(chunk);
  });
  const ended = endOn(
    [deadline.signal, overflow.signal, ...(options.signal === undefined ? [] : [options.signal])],
    running.pid,
  );
  const result = await running.finally(() => {
    clearTimeout(timer);
    ended();
  });
  const command = args.find((arg) => /^[a-z-]+$/.test(arg) && !arg.startsWith('-')) ?? 'command';
  if (options.signal?.aborted === true) throw options.signal.reason;
  if (result.code === 'ENOENT') throw noBinary(result.cause);
  if (deadline.signal.aborted) {
    throw new GitError(
      'git/unreachable',
      `git ${command} was ended after ${timeout / 1000} s without a result.`,
    );
  }
  if (overflow.signal.aborted) {
    throw new GitError(
      'git/unsafe-tree',
      `git ${command} wrote more than ${MAX_LISTING_BYTES} bytes: the revision is far too large.`,
    );
  }
  if (result.exitCode === undefined) {
    const why = scrub(result.shortMessage ?? 'it was killed', secrets);
    if (isStarved(result)) throw starved(`git ${command}: ${result.code ?? 'killed'}`, result.cause);
    throw new GitError('git/corrupt', `git ${command} did not end by itself: ${why}`);
  }
  return {
    exitCode: result.exitCode,
    stdout: Buffer.concat(output),
    stderr: scrub(Buffer.from(result.stderr).toString('utf8'), secrets),
  };
}

/**
 * Ends a process group when one of the signals aborts: politely first, so that git removes its lock files.
 * @returns what to call when the process is over
 */
function endOn(signals: readonly AbortSignal[], pid: number | undefined): () => void {
  let force: NodeJS.Timeout | undefined;
  const end = (): void => {
    if (pid === undefined) return;
    signalGroup(pid, 'SIGTERM');
    force = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE);
  };
  const any = AbortSignal.any([...signals]);
  any.addEventListener('abort', end, { once: true });
  return () => {
    clearTimeout(force);
    any.removeEventListener('abort', end);
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It has just ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Whether a process was not begun for want of something, or was killed as the kernel does when memory runs out. */
export function isStarved({ code, signal }: ProcessEnd): boolean {
  return signal === 'SIGKILL' || (code !== undefined && /^E(AGAIN|NOMEM|MFILE|NFILE)$/.test(code));
}

export function noBinary(cause?: unknown): GitError {
  return new GitError(
    'git/no-binary',
    'There is no git program on the PATH. Install it: apt-get install git',
    {
      cause,
    },
  );
}
