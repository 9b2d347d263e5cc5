import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError } from './errors.ts';
import type { GitLimits } from './limits.ts';
import { looseObjects, namesIn, packBytes, packFolder, requireRoom } from './mirror-objects.ts';

/** Milliseconds between looks. At a gigabit a second that is 25 MB over the limit, at most. */
const INTERVAL = 200;

/** Files that git writes packs and their indexes to before they are whole. */
const unfinished = /^tmp_|^\.tmp-|\.temp$/;

/**
 * Watches what a transfer adds to a mirror, and ends it when that is more than allowed: git bounds what is pushed to it,
 * and not what it fetches. It also ends one that brings objects one by one: then the server hands out plain files (the
 * dumb protocol, which no setting of git's turns off), and git checks none of them and may ask other servers for more.
 * What an ended transfer leaves behind is swept away, or each try would add to it.
 */
export class TransferWatch {
  readonly #gitdir: string;
  readonly #maxBytes: number;
  readonly #stop = new AbortController();
  readonly #before: number;
  readonly #looseBefore: ReadonlySet<string>;
  #timer: NodeJS.Timeout | undefined;

  private constructor(gitdir: string, maxBytes: number, before: number, looseBefore: ReadonlySet<string>) {
    this.#gitdir = gitdir;
    this.#maxBytes = maxBytes;
    this.#before = before;
    this.#looseBefore = looseBefore;
    this.#next();
  }

  /**
   * Nothing else may write to the mirror until the watch is over.
   * @throws GitError `git/too-large` when the mirror is so already
   */
  static async start(gitdir: string, limits: GitLimits): Promise<TransferWatch> {
    const before = await packBytes(gitdir);
    requireRoom(gitdir, before, limits);
    return new TransferWatch(gitdir, limits.fetchBytes, before, new Set(await looseObjects(gitdir)));
  }

  /** Aborts when there is too much. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** A last look, at what was over before it could be seen. @throws GitError `git/unreachable` for plain files */
  async prove(): Promise<void> {
    if ((await this.#newLoose()).length > 0) throw plainFiles();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Removes what was begun and is not whole, and what nobody checked. */
  async sweep(): Promise<void> {
    const folder = packFolder(this.#gitdir);
    for (const name of await namesIn(folder)) {
      if (unfinished.test(name)) await rm(join(folder, name), { force: true });
    }
    for (const path of await this.#newLoose()) {
      await rm(join(this.#gitdir, 'objects', path), { force: true });
    }
  }

  #next(): void {
    this.#timer = setTimeout(() => void this.#look(), INTERVAL);
  }

  async #look(): Promise<void> {
    try {
      if ((await packBytes(this.#gitdir)) - this.#before > this.#maxBytes) this.#stop.abort(this.#tooMuch());
      if ((await this.#newLoose()).length > 0) this.#stop.abort(plainFiles());
    } catch (error) {
      this.#stop.abort(error);
    }
    if (this.#timer !== undefined && !this.#stop.signal.aborted) this.#next();
  }

  async #newLoose(): Promise<readonly string[]> {
    return (await looseObjects(this.#gitdir)).filter((path) => !this.#looseBefore.has(path));
  }

  #tooMuch(): GitError {
    return new GitError(
      'git/too-large',
      `The remote sent more than the ${this.#maxBytes} bytes that one fetch may bring; it was ended. ` +
        'Take large files out of the history of the repository.',
    );
  }
}

function plainFiles(): GitError {
  return new GitError(
    'git/unreachable',
    'The address leads to plain files, not to a Git server. Serve the repository by git http-backend or a Git host, ' +
      'or give its path.',
  );
}
