import fs from 'node:fs';
import git from 'isomorphic-git';
import { cleanMessage, cleanPerson, judgeEdit } from './edit.ts';
import { GitError } from './errors.ts';
import { LocalSource } from './isomorphic-local.ts';
import { ObjectStore } from './isomorphic-objects.ts';
import { HttpSource, type Source } from './isomorphic-remote.ts';
import { defaultLimits } from './limits.ts';
import type { RepositoryOptions } from './options.ts';
import type { Commit, CommitEdit, Repository, TreeChange, TreeEntry } from './port.ts';
import { isRefName, requireBranch, requireObjectId } from './ref-name.ts';
import { remoteOf } from './remote.ts';
import { notDescendant } from './remote-errors.ts';
import { treeChanges } from './tree-changes.ts';
import { judgeTree, MAX_BLOB_BYTES } from './tree-rules.ts';
import type { Remote } from './url.ts';

/**
 * Opens a repository without the git program, in the thread that asks: see `openIsomorphicRepository`.
 * @throws GitError `git/refused-url`, `git/refused-name`
 */
export async function openIsomorphicHere(options: RepositoryOptions): Promise<Repository> {
  const { remote, branch } = judgeIsomorphicOptions(options);
  const source =
    remote.kind === 'http'
      ? new HttpSource(remote, branch, options.dir, { ...defaultLimits, ...options.limits })
      : new LocalSource(remote, branch);
  await source.open();
  return new IsomorphicRepository(source);
}

/** What can be said about the options without looking at disk or network. @throws GitError `git/refused-url`, `git/refused-name` */
export function judgeIsomorphicOptions(options: RepositoryOptions): {
  readonly remote: Exclude<Remote, { kind: 'ssh' }>;
  readonly branch: string;
} {
  const remote = remoteOf(options);
  const branch = requireBranch(options.branch);
  if (options.signingKey !== undefined) {
    throw new GitError(
      'git/no-binary',
      'Commits are signed by the git program. Install it: apt-get install git',
    );
  }
  if (remote.kind !== 'ssh') return { remote, branch };
  throw new GitError(
    'git/refused-url',
    `${remote.shown} is reached by ssh, which needs the git program. Install it: apt-get install git openssh-client`,
  );
}

class IsomorphicRepository implements Repository {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  async fetch(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    return this.#source.fetch(signal);
  }

  async tree(revision: string): Promise<readonly TreeEntry[]> {
    requireObjectId(revision, 'commit');
    return judgeTree(
      await this.#source.healed(async () => {
        const store = this.#store();
        return store.walk(await store.treeOf(revision));
      }),
    );
  }

  async changes(from: string, to: string): Promise<readonly TreeChange[] | null> {
    requireObjectId(from, 'commit');
    requireObjectId(to, 'commit');
    return this.#source.healed(async () => {
      const store = this.#store();
      const [before, after] = await Promise.all([treeOrNull(store, from), store.treeOf(to)]);
      return before === null ? null : treeChanges((tree) => store.read(tree, 'tree'), before, after);
    });
  }

  async blobs(oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const wanted = [...new Set(oids)].map((oid) => requireObjectId(oid, 'blob'));
    return this.#source.healed(async () => {
      const store = this.#store();
      const contents = new Map<string, Uint8Array>();
      for (const oid of wanted) {
        const content = await store.read(oid, 'blob');
        if (content.length > MAX_BLOB_BYTES) throw tooLarge(oid, content.length);
        contents.set(oid, content);
      }
      return contents;
    });
  }

  async commits(from: string, options: { limit: number; path?: string }): Promise<readonly Commit[]> {
    requireObjectId(from, 'commit');
    const { limit, path } = options;
    return this.#source.healed(async () => {
      const store = this.#store();
      const found: Commit[] = [];
      for (let oid: string | undefined = from; oid !== undefined && found.length < limit; ) {
        const commit = await store.commit(oid);
        const parent: string | undefined = commit.parents[0];
        if (path === undefined || (await changed(store, oid, parent, path))) found.push(commit);
        oid = parent;
      }
      return found;
    });
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    requireObjectId(ancestor, 'commit');
    requireObjectId(descendant, 'commit');
    return this.#source.healed(async () => {
      const store = this.#store();
      const seen = new Set([descendant]);
      // The set grows while it is walked; an ancestor that is not in the store is met by nobody.
      for (const oid of seen) {
        const { parents } = await store.commit(oid);
        if (oid === ancestor) return true;
        for (const parent of parents) seen.add(parent);
      }
      return false;
    });
  }

  async resolve(name: string): Promise<string | null> {
    if (/^[0-9a-f]{4,40}$/.test(name)) {
      const commit = await this.#source.healed(() => this.#expand(name));
      if (commit !== null) return commit;
    }
    return isRefName(name) ? this.#source.lookup(name) : null;
  }

  async commit(edit: CommitEdit): Promise<string> {
    const { parent } = edit;
    if (parent !== null) requireObjectId(parent, 'commit');
    return this.#source.healed(async () => {
      const store = this.#store();
      const root = parent === null ? null : await store.treeOf(parent);
      const { writes, deletes } = judgeEdit(
        edit.changes,
        root === null ? [] : judgeTree(await store.walk(root)),
      );
      const changes = new Map<string, string | null>(deletes.map((path) => [path, null]));
      for (const { path, content } of writes) {
        changes.set(path, await git.writeBlob({ fs, gitdir: store.gitdir, blob: content }));
      }
      const tree = await store.writeTree(root, changes);
      return git.writeCommit({
        fs,
        gitdir: store.gitdir,
        commit: {
          tree: tree ?? (await git.writeTree({ fs, gitdir: store.gitdir, tree: [] })),
          parent: parent === null ? [] : [parent],
          message: cleanMessage(edit.message),
          author: stamp(edit.author),
          committer: stamp(edit.committer),
        },
      });
    });
  }

  async push(commit: string, expected: string | null, signal?: AbortSignal): Promise<void> {
    requireObjectId(commit, 'commit');
    signal?.throwIfAborted();
    if (expected !== null && !(await this.isAncestor(expected, commit)))
      throw notDescendant(commit, expected);
    await this.#source.push(commit, { expected }, signal);
  }

  async publish(commit: string, branch: string, signal?: AbortSignal): Promise<void> {
    requireObjectId(commit, 'commit');
    signal?.throwIfAborted();
    await this.#source.push(commit, { expected: null, branch: requireBranch(branch) }, signal);
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  #store(): ObjectStore {
    return new ObjectStore(this.#source.gitdir);
  }

  /** The commit that an id prefix names; null when there is none or more than one. */
  async #expand(prefix: string): Promise<string | null> {
    const store = this.#store();
    try {
      const oid = await git.expandOid({ fs, gitdir: store.gitdir, cache: store.cache, oid: prefix });
      return await store.peel(oid);
    } catch (error) {
      const { NotFoundError, AmbiguousError } = git.Errors;
      if (error instanceof NotFoundError || error instanceof AmbiguousError) return null;
      throw error;
    }
  }
}

/** A revision that was read once may be gone: the mirror is made anew when it is damaged. */
async function treeOrNull(store: ObjectStore, commit: string): Promise<string | null> {
  try {
    return await store.treeOf(commit);
  } catch (error) {
    if (error instanceof GitError && error.code === 'git/missing') return null;
    throw error;
  }
}

async function changed(
  store: ObjectStore,
  oid: string,
  parent: string | undefined,
  path: string,
): Promise<boolean> {
  const before = parent === undefined ? null : await store.at(parent, path);
  return before !== (await store.at(oid, path));
}

function stamp(person: CommitEdit['author']): {
  name: string;
  email: string;
  timestamp: number;
  timezoneOffset: number;
} {
  return { ...cleanPerson(person), timestamp: Math.floor(Date.now() / 1000), timezoneOffset: 0 };
}

function tooLarge(oid: string, size: number): GitError {
  return new GitError(
    'git/blob-too-large',
    `Blob ${oid} has ${size} bytes; ${MAX_BLOB_BYTES} (1 MiB) are allowed. Make the file smaller.`,
  );
}
