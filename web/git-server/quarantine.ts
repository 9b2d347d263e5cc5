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

export interface CommitPeople {
  readonly commit: string;
  readonly author: string;
  readonly committer: string;
}

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

  /** Whether `ancestor`, which is in the history of `commit`, is there along first parents. */
  async isFirstParent(ancestor: string, commit: string): Promise<boolean> {
    if (ancestor === commit) return true;
    const range = ['--first-parent', '--parents', commit, `^${ancestor}`];
    // Down to the first that `ancestor` holds: that one, or one before it.
    const last = lines(await this.#git(['rev-list', ...range, '--'])).at(-1) ?? '';
    const [, parent] = last.split(' ');
    return parent === ancestor;
  }

  /** Where the history of a commit left a branch; null when they have none in common, or there is no such branch. */
  async mergeBase(ref: string, commit: string): Promise<string | null> {
    const args = ['--git-dir', this.#gitdir, 'merge-base', ref, commit];
    const { exitCode, stdout } = await runGit(args, this.#env, []);
    return exitCode === 0 ? stdout.toString('latin1').trim() : null;
  }

  /** Commits of `commit` that are not in `known`, at most `limit`. @param known null: all of them are new */
  newCommits(known: string | null, commit: string, limit: number): Promise<string[]> {
    return this.#list(known, commit, [`--max-count=${limit}`]);
  }

  /** The merges among them that are along the first parents of `commit`. */
  mergesAlong(known: string | null, commit: string, limit: number): Promise<string[]> {
    return this.#list(known, commit, [`--max-count=${limit}`, '--first-parent', '--merges']);
  }

  /** Whose names those commits bear, by e-mail address. */
  async newPeople(known: string | null, commit: string, limit: number): Promise<CommitPeople[]> {
    const range = known === null ? [commit] : [commit, `^${known}`];
    const format = '--format=tformat:%H%x00%ae%x00%ce%x00';
    const listed = await this.#git(['log', `--max-count=${limit}`, '--no-mailmap', format, ...range, '--']);
    const fields = listed.toString('utf8').split('\0');
    const people: CommitPeople[] = [];
    for (let at = 0; at + 2 < fields.length; at += 3) {
      const [oid = '', author = '', committer = ''] = fields.slice(at, at + 3);
      people.push({ commit: oid.trim(), author, committer });
    }
    return people;
  }

  /** Branches below a name that a ref does not hold, and whom their newest commit is by. */
  async openBranches(below: string, ref: string): Promise<{ readonly author: string }[]> {
    const args = ['for-each-ref', '--format=%(authoremail:trim)', `--no-merged=${ref}`, below];
    return lines(await this.#git(args)).map((author) => ({ author }));
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
  ownDiffs(commits: readonly string[]): Promise<CommitDiff[]> {
    return this.#diffs(commits, '-c');
  }

  /** How each commit differs from its first parent, also a merge. */
  firstParentDiffs(commits: readonly string[]): Promise<CommitDiff[]> {
    return this.#diffs(commits, '--diff-merges=first-parent');
  }

  close(): Promise<void> {
    return this.#batch.close();
  }

  async #diffs(commits: readonly string[], ofMerges: string): Promise<CommitDiff[]> {
    if (commits.length === 0) return [];
    const how = ['-r', '-z', ofMerges, '--raw', '--root', '--no-renames', '--full-index'];
    const output = await this.#git(['diff-tree', '--stdin', ...how], `${commits.join('\n')}\n`);
    return parseDiffTree(output, null);
  }

  async #list(known: string | null, commit: string, how: readonly string[]): Promise<string[]> {
    const range = known === null ? [commit] : [commit, `^${known}`];
    return lines(await this.#git(['rev-list', ...how, ...range, '--']));
  }

  async #git(args: readonly string[], input?: string): Promise<Buffer> {
    const options = input === undefined ? {} : { input };
    const result = await runGit(['--git-dir', this.#gitdir, ...args], this.#env, [], options);
    if (result.exitCode === 0) return result.stdout;
    throw new GitError('git/corrupt', `git ${args[0]} failed on what was pushed: ${result.stderr.trim()}`);
  }
}

function lines(output: Buffer): string[] {
  return output
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}
