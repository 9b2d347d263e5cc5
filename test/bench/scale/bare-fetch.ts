import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { gitEnv } from '../../support/git-repo.ts';

const refspec = '+refs/heads/main:refs/remotes/tenantry/main';

/** `git fetch` with nothing around it, into a mirror of its own: what following a branch costs anybody. */
export class BareFetch {
  readonly #repository: string;
  readonly #dir: string;

  private constructor(repository: string, dir: string) {
    this.#repository = repository;
    this.#dir = dir;
  }

  /** @param repository path of the repository that is followed. Close it when done */
  static async open(repository: string): Promise<BareFetch> {
    const dir = await mkdtemp(join(tmpdir(), 'tenantry-bare-fetch-'));
    const floor = new BareFetch(repository, dir);
    await floor.#git(['init', '--quiet', '--bare']);
    await floor.fetch();
    return floor;
  }

  /** Brings what is new. @returns milliseconds */
  async fetch(): Promise<number> {
    const began = performance.now();
    await this.#git(['fetch', '--quiet', '--no-tags', '--no-auto-gc', this.#repository, refspec]);
    return performance.now() - began;
  }

  async close(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #git(args: readonly string[]): Promise<void> {
    // As the reconciler does it: one pack, each object checked.
    const settings = ['-c', 'fetch.fsckObjects=true', '-c', 'fetch.unpackLimit=1'];
    await execa('git', [...settings, '-C', this.#dir, ...args], { env: gitEnv, extendEnv: false });
  }
}
