import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Repository } from '../../desired-state/git/port.ts';
import { git, gitEnv } from '../support/git-repo.ts';

/** What a commit changes: contents by path; null takes a file away. */
export type Changes = Readonly<Record<string, string | Uint8Array | null>>;

export interface Commit {
  /** Branch that it is written to. */
  readonly branch: string;
  /** Branch that it stands on; null for a root commit. */
  readonly onto: string | null;
  readonly changes: Changes;
  /** Further parents, by branch. */
  readonly merges?: readonly string[];
}

/** A bare repository of thousands of commits, written at once. */
export interface History {
  readonly dir: string;
  /** Ids of the commits, in the order in which they were given. */
  readonly commits: readonly string[];
  remove(): void;
}

/**
 * Writes commits by `git fast-import`: one process, whatever their number, and no file system that would refuse a path.
 * A later commit of the same branch stands on the one before.
 */
export function writeHistory(commits: readonly Commit[]): History {
  const dir = mkdtempSync(join(tmpdir(), 'tenantry-hostile-'));
  const remove = () => rmSync(dir, { recursive: true, force: true });
  try {
    const marks = join(dir, 'marks');
    git(dir, ['init', '--quiet', '--bare', '--initial-branch=main']);
    const { status, stderr } = spawnSync(
      'git',
      ['-C', dir, 'fast-import', '--quiet', `--export-marks=${marks}`],
      {
        env: gitEnv,
        input: Buffer.concat(commits.flatMap((commit, index) => stream(commit, index + 1))),
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(`git fast-import failed:\n${stderr}`);
    const byMark = new Map(
      readFileSync(marks, 'utf8')
        .split('\n')
        .map((line) => line.split(' ') as [string, string]),
    );
    return { dir, commits: commits.map((_, index) => byMark.get(`:${index + 1}`) ?? ''), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** A repository whose mirror holds the whole branch already, and whose branch is at the commit that `head` answers. */
export function shownAt(real: Repository, head: () => string): Repository {
  return {
    fetch: async () => head(),
    resolve: (name) => real.resolve(name),
    isAncestor: (ancestor, descendant) => real.isAncestor(ancestor, descendant),
    tree: (revision) => real.tree(revision),
    changes: (from, to) => real.changes(from, to),
    blobs: (oids) => real.blobs(oids),
    commits: (from, options) => real.commits(from, options),
    commit: (edit) => real.commit(edit),
    push: (...args) => real.push(...args),
    publish: (...args) => real.publish(...args),
    close: () => real.close(),
  };
}

function stream({ branch, onto, changes, merges = [] }: Commit, mark: number): Buffer[] {
  const head = [
    `commit refs/heads/${branch}`,
    `mark :${mark}`,
    'committer Ada <ada@example.com> 1763719200 +0000',
    'data 6',
    'change',
    ...(onto === null || onto === branch ? [] : [`from refs/heads/${onto}`]),
    ...merges.map((other) => `merge refs/heads/${other}`),
  ];
  const files = Object.entries(changes).flatMap(([path, content]) => {
    if (content === null) return [Buffer.from(`D ${quoted(path)}\n`)];
    const bytes = Buffer.from(content);
    return [Buffer.from(`M 100644 inline ${quoted(path)}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n')];
  });
  return [Buffer.from(`${head.join('\n')}\n`), ...files, Buffer.from('\n')];
}

function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
