import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { type BatchAnswer, BatchReader } from './batch-reader.ts';
import { isStarved, noBinary, type ProcessEnd } from './binary-run.ts';
import { GitError, isDamage, starved } from './errors.ts';

interface Waiting {
  resolve(answer: BatchAnswer): void;
  reject(error: GitError): void;
}

/** A running `git cat-file --batch`. */
interface Running {
  readonly stdin: Writable;
  readonly waiting: Waiting[];
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  /** Whether the process keeps Node alive: only while an answer is awaited. */
  hold(held: boolean): void;
}

/**
 * One long-lived `git cat-file --batch`: reading a blob costs a line on a pipe instead of a process. It is started
 * on first use and again after it has died, and never keeps the program from ending.
 */
export class BlobBatch {
  readonly #gitdir: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #maxBytes: number;
  #running: Running | null = null;

  constructor(gitdir: string, env: Readonly<Record<string, string>>, maxBytes: number) {
    this.#gitdir = gitdir;
    this.#env = env;
    this.#maxBytes = maxBytes;
  }

  /**
   * Asks for one object. A process that died (somebody killed it) is replaced once.
   * @throws GitError when the new one dies too: `git/starved` when it was killed, otherwise `git/corrupt`, since git ends
   * on an object that it cannot read
   */
  async read(oid: string): Promise<BatchAnswer> {
    try {
      return await this.#ask(oid);
    } catch (error) {
      const died = isDamage(error) || (error instanceof GitError && error.code === 'git/starved');
      if (!died) throw error;
      return await this.#ask(oid);
    }
  }

  async #ask(oid: string): Promise<BatchAnswer> {
    this.#running ??= this.#start();
    const running = this.#running;
    return new Promise<BatchAnswer>((resolve, reject) => {
      running.waiting.push({ resolve, reject });
      running.hold(true);
      running.stdin.write(`${oid}\n`);
    });
  }

  /** Ends the process, after it has answered what was asked. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    running.hold(true);
    running.stdin.end();
    await running.ended;
  }

  #start(): Running {
    const reader = new BatchReader(this.#maxBytes);
    const waiting: Waiting[] = [];
    const process = execa('git', ['--git-dir', this.#gitdir, 'cat-file', '--batch'], {
      env: this.#env,
      extendEnv: false,
      reject: false,
      buffer: { stdout: false, stderr: true },
      encoding: 'buffer',
      maxBuffer: 64 * 1024,
      stdin: 'pipe',
    });
    const { stdin, stdout, stderr } = process;
    const hold = (held: boolean): void => {
      if (held) process.nodeChildProcess.ref();
      else process.nodeChildProcess.unref();
      for (const stream of [stdin, stdout, stderr]) holdStream(stream, held);
    };
    stdout.on('data', (chunk: Uint8Array) => {
      try {
        for (const answer of reader.push(chunk)) waiting.shift()?.resolve(answer);
      } catch (error) {
        stdout.destroy(error instanceof Error ? error : new Error(String(error)));
        process.kill();
      }
      if (waiting.length === 0) hold(false);
    });
    // A write to a process that has died ends here; the death itself is handled below.
    stdin.on('error', () => undefined);
    const ended = process.then((result) => {
      if (this.#running?.waiting === waiting) this.#running = null;
      const said = Buffer.from(result.stderr).toString('utf8').trim();
      const error = deathOf(result, said || 'no message');
      for (const waiter of waiting.splice(0)) waiter.reject(error);
    });
    return { stdin, waiting, ended, hold };
  }
}

function deathOf(result: ProcessEnd, said: string): GitError {
  if (result.code === 'ENOENT') return noBinary(result.cause);
  const what = `git cat-file ended before it had answered: ${said}`;
  return isStarved(result) ? starved(what, result.cause) : new GitError('git/corrupt', what);
}

function holdStream(stream: Readable | Writable, held: boolean): void {
  if (!(stream instanceof Socket)) return;
  if (held) stream.ref();
  else stream.unref();
}
