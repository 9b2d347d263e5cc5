import type { Repository, TreeChange, TreeEntry } from '../git/port.ts';

/** Where the files of one revision come from. */
export interface Source {
  /** Commit id, or a word that says what was read instead of a commit. */
  readonly revision: string;
  /** Every file. @throws GitError `git/unsafe-tree` when there is anything but regular files with portable names */
  entries(): Promise<readonly TreeEntry[]>;
  /**
   * What changed since a revision that was read; null when only `entries` can say it. Not there where nothing remembers
   * what was.
   */
  changes?(since: string): Promise<readonly TreeChange[] | null>;
  /** Contents by blob id; every id asked for is in the answer. */
  read(oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
}

/** A commit of a repository, read from its objects. */
export function gitSource(repository: Repository, revision: string): Source {
  return {
    revision,
    entries: () => repository.tree(revision),
    changes: (since) => repository.changes(since, revision),
    read: (oids) => repository.blobs(oids),
  };
}
