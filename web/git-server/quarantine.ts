import { BlobBatch } from '../../desired-state/git/batch.ts';
import { MirrorObjects } from '../../desired-state/git/binary-objects.ts';
import { parseTree } from '../../desired-state/git/binary-parse.ts';
import { runGit } from '../../desired-state/git/binary-run.ts';
import { GitError } from '../../desired-state/git/errors.ts';
import { judgeTreeInTurns, MAX_BLOB_BYTES } from '../../desired-state/git/tree-rules.ts';
import type { Source } from '../../desired-state/read/source.ts';
import { type CommitDiff, parseDiffTree } from './diff-tree.ts';

/** The empty tree, which is in every repository. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/**
 * A bare repository together with the objects of a push that is not taken yet: Git keeps those apart until the push is
 * accepted, and tells its hook where. Nothing here writes.
 */
export class Quarantine {
  readonly #gitdir: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #batch: BlobBatch;
  readonly #objects: MirrorObjects;

  /** @param env of every git process, with `GIT_OBJECT_DIRECTORY` and what else leads to the push's objects */
  constructor(gitdir: string, env: Readonly<Record<string, string>>) {
    this.#gitdir = gitdir;
    this.#env = env;
    this.#batch = new BlobBatch(gitdir, env, MAX_BLOB_BYTES);
    this.#objects = new MirrorObjects(this.#batch);
  }

  /** The files of a commit. */
  source(commit: string): Source {
    return {
      revision: commit,
      entries: async () =>
        judgeTreeInTurns(parseTree(await this.#git(['ls-tree', '-r', '-z', '-l', '--full-tree', commit]))),
      read: (oids) => this.#objects.blobs(oids),
    };
  }

  blobs(oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#objects.blobs(oids);
  }

  /** Whether `ancestor` is in the history of `commit`. */
  async isAncestor(ancestor: string, commit: string): Promise<boolean> {
    const args = ['--git-dir', this.#gitdir, 'merge-base', '--is-ancestor', ancestor, commit];
    const { exitCode, stderr } = await runGit(args, this.#env, []);
    if (exitCode > 1) throw new GitError('git/corrupt', `git merge-base failed: ${stderr.trim()}`);
    return exitCode === 0;
  }

  /** Where the history of a commit left a branch; null when they have none in common, or there is no such branch. */
  async mergeBase(ref: string, commit: string): Promise<string | null> {
    const args = ['--git-dir', this.#gitdir, 'merge-base', ref, commit];
    const { exitCode, stdout } = await runGit(args, this.#env, []);
    return exitCode === 0 ? stdout.toString('latin1').trim() : null;
  }

  /** Commits of `commit` that are not in `known`, at most `limit`. @param known null: all of them are new */
  async newCommits(known: string | null, commit: string, limit: number): Promise<string[]> {
    const range = known === null ? [commit] : [commit, `^${known}`];
    const listed = await this.#git(['rev-list', `--max-count=${limit}`, ...range, '--']);
    return listed
      .toString('latin1')
      .split('\n')
      .filter((line) => line !== '');
  }

  /** Whose names those commits bear: author and committer, by e-mail address. */
  async newPeople(
    known: string | null,
    commit: string,
    limit: number,
  ): Promise<{ readonly commit: string; readonly emails: readonly string[] }[]> {
    const range = known === null ? [commit] : [commit, `^${known}`];
    const format = '--format=tformat:%H%x00%ae%x00%ce%x00';
    const listed = await this.#git(['log', `--max-count=${limit}`, '--no-mailmap', format, ...range, '--']);
    const fields = listed.toString('utf8').split('\0');
    const people: { commit: string; emails: readonly string[] }[] = [];
    for (let at = 0; at + 2 < fields.length; at += 3) {
      const [oid = '', author = '', committer = ''] = fields.slice(at, at + 3);
      people.push({ commit: oid.trim(), emails: [...new Set([author, committer])] });
    }
    return people;
  }

  /** How the files of two commits differ. @param before null: against nothing */
  async diff(before: string | null, after: string): Promise<CommitDiff> {
    const args = [
      'diff-tree',
      '-r',
      '-z',
      '--raw',
      '--no-renames',
      '--full-index',
      before ?? EMPTY_TREE,
      after,
    ];
    return parseDiffTree(await this.#git([...args, '--']), after)[0] ?? { commit: after, files: [] };
  }

  /** What each commit changed itself: of a merge, only what is like in none of its parents. */
  async ownDiffs(commits: readonly string[]): Promise<CommitDiff[]> {
    if (commits.length === 0) return [];
    const args = [
      'diff-tree',
      '--stdin',
      '-r',
      '-z',
      '-c',
      '--raw',
      '--root',
      '--no-renames',
      '--full-index',
    ];
    return parseDiffTree(await this.#git(args, `${commits.join('\n')}\n`), null);
  }

  close(): Promise<void> {
    return this.#batch.close();
  }

  async #git(args: readonly string[], input?: string): Promise<Buffer> {
    const options = input === undefined ? {} : { input };
    const result = await runGit(['--git-dir', this.#gitdir, ...args], this.#env, [], options);
    if (result.exitCode === 0) return result.stdout;
    throw new GitError('git/corrupt', `git ${args[0]} failed on what was pushed: ${result.stderr.trim()}`);
  }
}
