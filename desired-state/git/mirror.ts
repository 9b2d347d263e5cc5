import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError, GitError, isDamage } from './errors.ts';

/** The ref of the mirror that holds the remote branch as it was last fetched. */
export function mirrorRef(branch: string): string {
  return `refs/remotes/tenantry/${branch}`;
}

/** What an adapter does to a bare repository at `gitdir`. */
export interface MirrorWork {
  /** Whether `gitdir` can be worked with as it is. */
  opens(gitdir: string): Promise<boolean>;
  /** Makes `gitdir`, whose parent exists, a bare repository; keeps the objects that are there. */
  init(gitdir: string): Promise<void>;
  /** Brings the branch from the remote into it, without relying on any object that is there already. */
  fetchAll(gitdir: string): Promise<void>;
  /** Lets go of the files of the mirror, since they are about to be replaced. */
  release(): Promise<void>;
}

/**
 * The mirror on disk, and how it mends. It may be deleted or damaged at any time: an operation that finds an object
 * absent or unreadable is tried again after a repair, and only then fails.
 *
 * First everything but the objects is made anew and the branch is fetched in full; objects that the remote no
 * longer has (an accepted revision that was rewritten since) stay. When objects are unreadable even so, a new
 * mirror is fetched beside the old one and takes its place, but only once it is complete.
 */
export class Mirror {
  readonly gitdir: string;
  readonly #dir: string;
  readonly #work: MirrorWork;
  #repair: Promise<void> | null = null;

  constructor(dir: string, work: MirrorWork) {
    this.#dir = dir;
    this.#work = work;
    this.gitdir = join(dir, 'mirror.git');
  }

  /**
   * Makes the mirror where there is none, and one that its adapter can open again where it is damaged. One that can be
   * opened is left as it is: its disk may be full, or read-only, and what was fetched is read from it all the same.
   */
  async open(): Promise<void> {
    await this.#onDisk(async () => {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      if (await this.#work.opens(this.gitdir)) return;
      try {
        await this.#work.init(this.gitdir);
      } catch (error) {
        if (error instanceof GitError && noDamage.has(error.code)) throw error;
        await this.#clear();
        await this.#work.init(this.gitdir);
      }
    });
  }

  /** Runs an operation on the mirror; repairs the mirror and runs it again where that can help. */
  async healed<T>(operation: () => Promise<T>): Promise<T> {
    await this.#repair;
    try {
      return await operation();
    } catch (error) {
      if (!isDamage(error)) throw error;
      await this.#alone(() => this.#refill());
    }
    try {
      return await operation();
    } catch (error) {
      // An object that is absent after all was fetched is not on the branch: a new mirror would not have it either.
      if (!isDamage(error) || error.code === 'git/missing') throw error;
      await this.#alone(() => this.#replace());
    }
    return await operation();
  }

  /** One repair at a time; operations that fail during one wait for it instead of starting another. */
  async #alone(repair: () => Promise<void>): Promise<void> {
    this.#repair ??= this.#onDisk(repair).finally(() => {
      this.#repair = null;
    });
    await this.#repair;
  }

  async #onDisk(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Error && 'syscall' in error) throw diskError(this.#dir, error);
      throw error;
    }
  }

  async #refill(): Promise<void> {
    await this.#work.release();
    await this.#clear();
    try {
      await this.#work.init(this.gitdir);
      await this.#work.fetchAll(this.gitdir);
    } catch (error) {
      if (!isDamage(error)) throw error;
      await this.#replace();
    }
  }

  /** Takes everything away but the objects. */
  async #clear(): Promise<void> {
    const found = await lstat(this.gitdir).catch(absent);
    if (found === null) return;
    if (!found.isDirectory()) {
      await rm(this.gitdir, { force: true });
      return;
    }
    for (const name of await readdir(this.gitdir)) {
      if (name !== 'objects') await rm(join(this.gitdir, name), { recursive: true, force: true });
    }
  }

  async #replace(): Promise<void> {
    const fresh = join(this.#dir, 'rebuild.git');
    const old = join(this.#dir, 'damaged.git');
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
    await this.#work.init(fresh);
    await this.#work.fetchAll(fresh);
    await this.#work.release();
    await mkdir(this.gitdir, { recursive: true });
    await rename(this.gitdir, old);
    await rename(fresh, this.gitdir);
    await rm(old, { recursive: true, force: true });
  }
}

/** To begin anew would not help. */
const noDamage: ReadonlySet<string> = new Set(['git/no-binary', 'git/starved']);

function absent(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
