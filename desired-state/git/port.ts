/**
 * Git as Tenantry needs it: a local bare mirror of one branch of one remote repository. Blobs and trees are read
 * from objects; there is never a work tree. Two adapters (the git binary, isomorphic-git) keep one contract.
 */
export interface Repository {
  /**
   * Brings the remote branch into the mirror and answers its commit. Does not judge it: whether it may be used
   * (descends from the accepted head, valid) is decided above.
   * @throws GitError `git/unreachable`, `git/auth`, `git/no-branch`, `git/corrupt`
   */
  fetch(signal?: AbortSignal): Promise<string>;
  /** All files of a revision, recursively. Anything but a regular file or folder is refused. @throws GitError `git/unsafe-tree` */
  tree(revision: string): Promise<readonly TreeEntry[]>;
  /**
   * How the files of two revisions differ, for the cost of what differs. Null when that cannot be told without a look at
   * all of `to`: whether it may be read, and what is in it, `tree` says. An answer means that `tree` would accept `to` if
   * it accepted `from`, but for the number and the sizes of files, which are not looked at.
   */
  changes(from: string, to: string): Promise<readonly TreeChange[] | null>;
  /**
   * Contents by blob id; every id asked for is in the answer.
   * @throws GitError `git/missing`, `git/corrupt`, `git/blob-too-large`
   */
  blobs(oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Commits from `from` backwards along first parents, newest first, `from` included. */
  commits(
    from: string,
    options: { readonly limit: number; readonly path?: string },
  ): Promise<readonly Commit[]>;
  /** Whether `ancestor` is `descendant` or reachable from it. */
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** Full id of a commit named by id prefix, branch or tag of the remote; null when there is none. */
  resolve(name: string): Promise<string | null>;
  /**
   * Writes a commit object on top of `parent` (null makes a root commit); pushes nothing. Answers its id.
   * @throws GitError `git/unsafe-path`, `git/unsafe-tree` when the outcome is not a tree that `tree` would accept
   */
  commit(edit: CommitEdit): Promise<string>;
  /**
   * Moves the remote branch from `expected` to `commit`, which must descend from it; a work tree of a local remote
   * that has the branch checked out follows.
   * @throws GitError `git/moved` when the branch is elsewhere by now; `git/dirty` when changes of the work tree that
   * are not committed are in the way; `git/rejected` when the remote's settings or hooks forbid it; `git/auth`
   */
  push(commit: string, expected: string | null, signal?: AbortSignal): Promise<void>;
  /**
   * Makes a new branch of the remote at `commit`; the branch that is followed stays where it is.
   * @throws GitError `git/moved` when the remote has a branch of that name; else as `push`
   */
  publish(commit: string, branch: string, signal?: AbortSignal): Promise<void>;
  /** Ends what the adapter keeps open between calls (a process, sockets). Later calls open it again. */
  close(): Promise<void>;
}

export interface TreeEntry {
  readonly path: string;
  /** Git blob id, 40 hex digits. */
  readonly oid: string;
}

/** A file that differs between two revisions. Blob ids; null where it is not there. */
export interface TreeChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface Commit {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly author: Person;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly message: string;
}

export interface CommitEdit {
  readonly parent: string | null;
  /** Path to new content; null deletes the file. */
  readonly changes: Readonly<Record<string, Uint8Array | null>>;
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
}
