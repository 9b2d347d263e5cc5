import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError } from './errors.ts';

/** Milliseconds between looks. At a gigabit a second that is 25 MB over the limit, at most. */
const INTERVAL = 200;

/** Files that git writes packs and their indexes to before they are whole. */
const unfinished = /^tmp_|^\.tmp-|\.temp$/;

/**
 * Watches how much a transfer adds to a mirror, and ends it when that is more than allowed: git bounds what is pushed
 * to it, and not what it fetches. What an ended transfer leaves behind is swept away, or each try would add to it.
 */
export class TransferWatch {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #stop = new AbortController();
  readonly #before: number;
  #timer: NodeJS.Timeout | undefined;

  private constructor(folder: string, maxBytes: number, before: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#before = before;
    this.#next();
  }

  static async start(gitdir: string, maxBytes: number): Promise<TransferWatch> {
    const folder = join(gitdir, 'objects', 'pack');
    return new TransferWatch(folder, maxBytes, await bytesIn(folder));
  }

  /** Aborts when there is too much. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Removes what was begun and is not whole. */
  async sweep(): Promise<void> {
    for (const name of await namesIn(this.#folder)) {
      if (unfinished.test(name)) await rm(join(this.#folder, name), { force: true });
    }
  }

  #next(): void {
    this.#timer = setTimeout(() => void this.#look(), INTERVAL);
  }

  async #look(): Promise<void> {
    try {
      if ((await bytesIn(this.#folder)) - this.#before > this.#maxBytes) this.#stop.abort(this.#tooMuch());
    } catch (error) {
      this.#stop.abort(error);
    }
    if (this.#timer !== undefined && !this.#stop.signal.aborted) this.#next();
  }

  #tooMuch(): GitError {
    return new GitError(
      'git/too-large',
      `The remote sent more than the ${this.#maxBytes} bytes that one fetch may bring; it was ended. ` +
        'Take large files out of the history of the repository.',
    );
  }
}

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await namesIn(folder)) {
    const found = await stat(join(folder, name)).catch(absent(null));
    bytes += found?.size ?? 0;
  }
  return bytes;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(absent<string[]>([]));
}

/** Files come and go while git works. */
function absent<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return value;
    throw error;
  };
}
