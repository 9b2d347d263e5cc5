import { dirname, join } from 'node:path';
import { BlobBatch } from './batch.ts';
import { writeCommit } from './binary-commit.ts';
import { gitEnvironment } from './binary-environment.ts';
import { localError } from './binary-errors.ts';
import { fetchRef, tidy } from './binary-fetch.ts';
import { BinaryGit } from './binary-git.ts';
import { init, opens } from './binary-mirror.ts';
import { MirrorObjects, quickly } from './binary-objects.ts';
import { executablesOf, parseTree } from './binary-parse.ts';
import { push, pushBranch } from './binary-push.ts';
import { GitError } from './errors.ts';
import { defaultLimits } from './limits.ts';
import { Mirror, mirrorRef } from './mirror.ts';
import type { RepositoryOptions } from './options.ts';
import type { Commit, CommitEdit, Repository, TreeChange, TreeEntry } from './port.ts';
import { isObjectId, isRefName, requireBranch, requireObjectId } from './ref-name.ts';
import { remoteOf } from './remote.ts';
import { notCommit, notDescendant } from './remote-errors.ts';
import { removeStaleLocks } from './stale-locks.ts';
import { treeChanges } from './tree-changes.ts';
import { judgeTree, judgeTreeInTurns, MAX_BLOB_BYTES } from './tree-rules.ts';

/**
 * Opens a repository through the git program. Asks nothing of the remote yet.
 * @throws GitError `git/no-binary`, `git/refused-url`, `git/refused-name`
 */
export async function openBinaryRepository(options: RepositoryOptions): Promise<Repository> {
  const remote = remoteOf(options);
  const branch = requireBranch(options.branch);
  const env = gitEnvironment(remote, options.dir, options.environment ?? process.env, options.signingKey);
  const repository = new BinaryRepository(
    new BinaryGit(remote, branch, env, {
      limits: { ...defaultLimits, ...options.limits },
      signs: options.signingKey !== undefined,
    }),
    options.dir,
  );
  await repository.open();
  return repository;
}

/** As many commits are read one after the other. */
const FEW = 8;

/** Milliseconds that packs stay apart after git could not gather them: it would cost as much at each fetch. */
const UNTIDY_MS = 3_600_000;

class BinaryRepository implements Repository {
  readonly #git: BinaryGit;
  readonly #dir: string;
  readonly #mirror: Mirror;
  readonly #batch: BlobBatch;
  readonly #objects: MirrorObjects;
  readonly #ref: string;
  #tidyAt = 0;

  constructor(git: BinaryGit, dir: string) {
    this.#git = git;
    this.#dir = dir;
    this.#ref = mirrorRef(git.branch);
    this.#mirror = new Mirror(dir, {
      opens: (gitdir) => opens(git, dir, gitdir),
      init: (gitdir) => init(git, gitdir),
      fetchAll: (gitdir) => this.#fetchInto(gitdir, ['--refetch'], undefined),
      release: () => this.#batch.close(),
    });
    this.#batch = new BlobBatch(this.#mirror.gitdir, git.env, MAX_BLOB_BYTES);
    this.#objects = new MirrorObjects(this.#batch);
  }

  async open(): Promise<void> {
    await this.#mirror.open();
  }

  async fetch(signal?: AbortSignal): Promise<string> {
    return this.#mirror.healed(async () => {
      await removeStaleLocks(join(this.#mirror.gitdir, dirname(this.#ref)));
      await this.#fetchInto(this.#mirror.gitdir, [], signal);
      return this.#commitAt(this.#ref);
    });
  }

  async tree(revision: string): Promise<readonly TreeEntry[]> {
    requireObjectId(revision, 'commit');
    return judgeTreeInTurns(parseTree(await this.#mirror.healed(() => this.#listing(revision))));
  }

  async changes(from: string, to: string): Promise<readonly TreeChange[] | null> {
    requireObjectId(from, 'commit');
    requireObjectId(to, 'commit');
    // A revision that was read once may be gone: the mirror is made anew when it is damaged.
    const before = await quickly(() => this.#objects.treeOf(from));
    if (before === null) return null;
    return this.#mirror.healed(async () =>
      treeChanges((tree) => this.#objects.tree(tree), before, await this.#objects.treeOf(to)),
    );
  }

  async blobs(oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const wanted = [...new Set(oids)].map((oid) => requireObjectId(oid, 'blob'));
    return this.#mirror.healed(() => this.#objects.blobs(wanted));
  }

  async commits(from: string, options: { limit: number; path?: string }): Promise<readonly Commit[]> {
    requireObjectId(from, 'commit');
    if (options.path === undefined && options.limit <= FEW) {
      const few = await quickly(() => this.#objects.firstParents(from, options.limit));
      if (few !== null) return few;
    }
    const path = options.path === undefined ? [] : [options.path];
    const args = ['rev-list', '--first-parent', `--max-count=${options.limit}`, from, '--', ...path];
    return this.#mirror.healed(async () => {
      const listed = (await this.#git.local(this.#mirror.gitdir, args)).toString('utf8');
      return Promise.all(
        listed
          .split('\n')
          .filter((line) => line !== '')
          .map((oid) => this.#objects.commit(oid)),
      );
    });
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    requireObjectId(ancestor, 'commit');
    requireObjectId(descendant, 'commit');
    const near = await quickly(() => this.#objects.firstParents(descendant, FEW));
    if (near?.some(({ oid }) => oid === ancestor) === true) return true;
    const command = ['--git-dir', this.#mirror.gitdir, 'merge-base', '--is-ancestor', ancestor, descendant];
    try {
      return await this.#mirror.healed(async () => {
        const { exitCode, stderr } = await this.#git.run(command);
        if (exitCode > 1) throw localError('merge-base', stderr);
        return exitCode === 0;
      });
    } catch (error) {
      // The history of `descendant` is whole in the mirror: a commit that is not in the mirror is not in it either.
      const absent = error instanceof GitError && error.code === 'git/missing';
      if (
        absent &&
        (await this.#tryCommit(ancestor)) === null &&
        (await this.#tryCommit(descendant)) !== null
      )
        return false;
      throw error;
    }
  }

  async resolve(name: string): Promise<string | null> {
    if (/^[0-9a-f]{4,40}$/.test(name)) {
      const commit = await this.#tryCommit(name);
      if (commit !== null) return commit;
    }
    if (!isRefName(name)) return null;
    if (name === this.#git.branch) {
      const commit = await this.#tryCommit(this.#ref);
      if (commit !== null) return commit;
    }
    return this.#mirror.healed(() => this.#resolveRemote(name));
  }

  async commit(edit: CommitEdit): Promise<string> {
    const { parent } = edit;
    if (parent !== null) requireObjectId(parent, 'commit');
    return this.#mirror.healed(async () => {
      const raw = parent === null ? [] : [...parseTree(await this.#listing(parent))];
      const oid = parent === null ? null : await this.#objects.treeOf(parent);
      const read = (tree: string) => this.#objects.tree(tree);
      const on = { oid, entries: judgeTree(raw), executables: executablesOf(raw), read };
      return this.#git.alone(() => writeCommit(this.#git, this.#mirror.gitdir, edit, on));
    });
  }

  async push(commit: string, expected: string | null, signal?: AbortSignal): Promise<void> {
    requireObjectId(commit, 'commit');
    if (expected !== null && !(await this.isAncestor(expected, commit)))
      throw notDescendant(commit, expected);
    await push(this.#git, this.#mirror.gitdir, commit, expected, signal);
  }

  async publish(commit: string, branch: string, signal?: AbortSignal): Promise<void> {
    requireObjectId(commit, 'commit');
    const to = { branch: requireBranch(branch), commit, expected: null };
    await pushBranch(this.#git, this.#mirror.gitdir, to, signal);
  }

  async close(): Promise<void> {
    await this.#batch.close();
  }

  async #fetchInto(gitdir: string, extra: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    const refspec = `+refs/heads/${this.#git.branch}:${this.#ref}`;
    await fetchRef(this.#git, gitdir, refspec, { extra, signal });
    if (performance.now() < this.#tidyAt) return;
    if (!(await tidy(this.#git, gitdir))) this.#tidyAt = performance.now() + UNTIDY_MS;
  }

  /** Every file of a revision, as `parseTree` reads it. */
  async #listing(revision: string): Promise<Buffer> {
    return this.#git.local(this.#mirror.gitdir, ['ls-tree', '-r', '-z', '-l', '--full-tree', revision]);
  }

  async #commitAt(name: string): Promise<string> {
    const known = await quickly(() => this.#objects.knownCommit(name));
    if (known !== null) return known;
    const args = ['--git-dir', this.#mirror.gitdir, 'rev-parse', '--verify', '--end-of-options'];
    const { exitCode, stdout, stderr } = await this.#git.run([...args, `${name}^{commit}`]);
    if (/expected commit type/.test(stderr)) throw notCommit(this.#git.remote, this.#git.branch);
    if (exitCode !== 0) throw localError('rev-parse', stderr);
    const output = stdout.toString('utf8').trim();
    if (isObjectId(output)) return output;
    throw new GitError('git/corrupt', `${name} of the mirror is not a commit.`);
  }

  async #tryCommit(name: string): Promise<string | null> {
    const known = isObjectId(name) ? await quickly(() => this.#objects.knownCommit(name)) : null;
    if (known !== null) return known;
    const args = ['--git-dir', this.#mirror.gitdir, 'rev-parse', '--verify', '--quiet', '--end-of-options'];
    const result = await this.#git.run([...args, `${name}^{commit}`]);
    return result.exitCode === 0 ? result.stdout.toString('utf8').trim() : null;
  }

  /** Tags go before branches of the same name, as in git itself. */
  async #resolveRemote(name: string): Promise<string | null> {
    const gitdir = this.#mirror.gitdir;
    const candidates = [`refs/tags/${name}`, `refs/heads/${name}`];
    const listed = await this.#git.transfer(gitdir, [
      'ls-remote',
      '--end-of-options',
      this.#git.address,
      ...candidates,
    ]);
    const there = new Map<string, string>();
    for (const line of listed.toString('utf8').split('\n')) {
      const [oid, ref] = line.split('\t');
      if (oid !== undefined && ref !== undefined) there.set(ref, oid);
    }
    for (const ref of candidates) {
      const oid = there.get(ref);
      if (oid === undefined) continue;
      const named = `refs/tenantry/named/${oid}`;
      await fetchRef(this.#git, gitdir, `+${ref}:${named}`);
      return this.#tryCommit(named);
    }
    return null;
  }
}
