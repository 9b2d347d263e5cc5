import type { Repository, TreeChange } from '../../desired-state/git/port.ts';
import type { CommitFile, CommitFiles } from '../api/models/edit.ts';

type Reads = Pick<Repository, 'commits' | 'changes' | 'tree' | 'blobs'>;

/** Files of one commit that are shown, characters of one text, and characters of all. */
const FILES = 100;
const TEXT = 64 * 1024;
const ALL = 1024 * 1024;

/** Which files a commit changed from its first parent; all of them in a first commit. @throws GitError */
export async function changesOf(
  repository: Omit<Reads, 'blobs'>,
  oid: string,
): Promise<{ readonly parent: string | null; readonly changes: readonly TreeChange[] }> {
  const [, parent] = await repository.commits(oid, { limit: 2 });
  if (parent === undefined) return { parent: null, changes: between([], await repository.tree(oid)) };
  const changes =
    (await repository.changes(parent.oid, oid)) ??
    between(await repository.tree(parent.oid), await repository.tree(oid));
  return { parent: parent.oid, changes };
}

type Tree = Awaited<ReturnType<Reads['tree']>>;

function between(before: Tree, after: Tree): TreeChange[] {
  const old = new Map(before.map(({ path, oid }) => [path, oid]));
  const now = new Map(after.map(({ path, oid }) => [path, oid]));
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }))
    .filter((change) => change.before !== change.after);
}

/**
 * What a commit changed, with both texts as far as they are to be shown: a secret's values are ciphertext, which tells
 * nobody anything, and an answer has an end.
 *
 * @param visible whether whoever asks may see a file
 * @throws GitError
 */
export async function changedFiles(
  repository: Reads,
  oid: string,
  visible: (path: string) => boolean,
): Promise<CommitFiles> {
  const { parent, changes } = await changesOf(repository, oid);
  const seen = changes.filter(({ path }) => visible(path)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const items: CommitFile[] = [];
  let left = ALL;
  for (const change of seen.slice(0, FILES)) {
    const file = await fileOf(repository, change, Math.min(TEXT, left));
    left -= (file.before?.length ?? 0) + (file.after?.length ?? 0);
    items.push(file);
  }
  return { parent, total: seen.length, items };
}

async function fileOf(
  repository: Pick<Reads, 'blobs'>,
  { path, before, after }: TreeChange,
  most: number,
): Promise<CommitFile> {
  const kind = before === null ? 'added' : after === null ? 'removed' : 'changed';
  const without = (why: NonNullable<CommitFile['without']>): CommitFile => ({
    path,
    kind,
    before: null,
    after: null,
    without: why,
  });
  if (isSecret(path)) return without('secret');
  if (most <= 0) return without('too-long');
  const blobs = await repository.blobs([before, after].filter((oid) => oid !== null));
  const textOf = (oid: string | null): string | null => {
    const bytes = oid === null ? undefined : blobs.get(oid);
    return bytes === undefined ? null : new TextDecoder().decode(bytes);
  };
  const texts = { before: textOf(before), after: textOf(after) };
  const longest = Math.max(texts.before?.length ?? 0, texts.after?.length ?? 0);
  return longest > most ? without('too-long') : { path, kind, ...texts, without: null };
}

function isSecret(path: string): boolean {
  return /^tenants\/[^/]+\/secrets\.yaml$/.test(path);
}
