import { GitThread } from './isomorphic-client.ts';
import { judgeIsomorphicOptions } from './isomorphic-repository.ts';
import { defaultLimits, LOCAL_MS } from './limits.ts';
import type { RepositoryOptions } from './options.ts';
import type { Commit, CommitEdit, Repository, TreeChange, TreeEntry } from './port.ts';

/**
 * Opens a repository without the git program. isomorphic-git works in a thread of its own, which is started on first
 * use and ended with the repository. It keeps the contract of the other adapter, with these limits: no ssh; a local
 * repository is read in place, and a branch that a work tree has checked out is not pushed to; packs and objects are
 * bounded by `IN_MEMORY`, since they are held in memory.
 * @throws GitError `git/refused-url`, `git/refused-name`, `git/disk`
 */
export async function openIsomorphicRepository(options: RepositoryOptions): Promise<Repository> {
  judgeIsomorphicOptions(options);
  const repository = new ThreadedRepository(options);
  await repository.open();
  return repository;
}

/** The port, call by call, as messages to the thread. */
class ThreadedRepository implements Repository {
  readonly #thread: GitThread;
  /** Milliseconds of one transfer. */
  readonly #fetchMs: number;
  /** Milliseconds of an operation on the mirror, which may have to be fetched anew for it. */
  readonly #localMs: number;

  constructor(options: RepositoryOptions) {
    this.#thread = new GitThread(options);
    this.#fetchMs = options.limits?.fetchMs ?? defaultLimits.fetchMs;
    this.#localMs = LOCAL_MS + this.#fetchMs;
  }

  async open(): Promise<void> {
    await this.#thread.call('open', [], LOCAL_MS);
  }

  fetch(signal?: AbortSignal): Promise<string> {
    return this.#thread.call('fetch', [], this.#fetchMs, signal);
  }

  tree(revision: string): Promise<readonly TreeEntry[]> {
    return this.#thread.call('tree', [revision], this.#localMs);
  }

  changes(from: string, to: string): Promise<readonly TreeChange[] | null> {
    return this.#thread.call('changes', [from, to], this.#localMs);
  }

  async blobs(oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const contents = await this.#thread.call('blobs', [oids], this.#localMs);
    // Buffers come out of a thread as plain arrays of bytes.
    return new Map(
      [...contents].map(([oid, { buffer, byteOffset, byteLength }]) => [
        oid,
        Buffer.from(buffer, byteOffset, byteLength),
      ]),
    );
  }

  commits(from: string, options: { limit: number; path?: string }): Promise<readonly Commit[]> {
    return this.#thread.call('commits', [from, options], this.#localMs);
  }

  isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    return this.#thread.call('isAncestor', [ancestor, descendant], this.#localMs);
  }

  resolve(name: string): Promise<string | null> {
    return this.#thread.call('resolve', [name], this.#localMs);
  }

  commit(edit: CommitEdit): Promise<string> {
    return this.#thread.call('commit', [edit], this.#localMs);
  }

  push(commit: string, expected: string | null, signal?: AbortSignal): Promise<void> {
    return this.#thread.call('push', [commit, expected], this.#fetchMs, signal);
  }

  publish(commit: string, branch: string, signal?: AbortSignal): Promise<void> {
    return this.#thread.call('publish', [commit, branch], this.#fetchMs, signal);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
