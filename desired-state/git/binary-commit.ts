import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BinaryGit } from './binary-git.ts';
import { cleanMessage, cleanPerson, judgeEdit } from './edit.ts';
import { type ReadTree, writeObject, writeTree } from './object-writer.ts';
import type { CommitEdit, Person, TreeEntry } from './port.ts';

/** The tree that a commit is written on. */
export interface ParentTree {
  /** Null for a root commit. */
  readonly oid: string | null;
  readonly entries: readonly TreeEntry[];
  /** Paths that are executable, which they stay. */
  readonly executables: ReadonlySet<string>;
  readonly read: ReadTree;
}

/**
 * Writes blobs, trees and a commit into a bare repository. Without a process where that can be: the control node makes
 * many commits, and a process costs more than all else of one. What is signed is signed by git.
 */
export async function writeCommit(
  git: BinaryGit,
  gitdir: string,
  edit: CommitEdit,
  parent: ParentTree,
): Promise<string> {
  const { writes, deletes } = judgeEdit(edit.changes, parent.entries);
  const changes = new Map<string, string | null>(deletes.map((path) => [path, null]));
  for (const { path, content } of writes) changes.set(path, await writeObject(gitdir, 'blob', content));
  const quick = await writeTree(gitdir, parent.read, parent.oid, changes);
  const tree =
    quick === null
      ? await treeByIndex(git, gitdir, edit.parent, changes, parent.executables)
      : (quick.oid ?? (await writeObject(gitdir, 'tree', new Uint8Array())));
  if (git.signs) return signedCommit(git, gitdir, edit, tree);
  return writeObject(gitdir, 'commit', Buffer.from(commitText(edit, tree, Math.floor(Date.now() / 1000))));
}

function commitText(edit: CommitEdit, tree: string, seconds: number): string {
  const by = (person: Person): string => {
    const { name, email } = cleanPerson(person);
    return `${name} <${email}> ${seconds} +0000`;
  };
  const lines = [
    `tree ${tree}`,
    ...(edit.parent === null ? [] : [`parent ${edit.parent}`]),
    `author ${by(edit.author)}`,
    `committer ${by(edit.committer)}`,
  ];
  return `${lines.join('\n')}\n\n${cleanMessage(edit.message)}`;
}

async function signedCommit(git: BinaryGit, gitdir: string, edit: CommitEdit, tree: string): Promise<string> {
  const parent = edit.parent === null ? [] : ['-p', edit.parent];
  const commit = await git.local(gitdir, ['commit-tree', '-S', tree, ...parent, '-F', '-'], {
    env: identities(edit),
    input: cleanMessage(edit.message),
  });
  return line(commit);
}

/** By way of an index that is thrown away afterwards: for folders that are too large to be read at once. */
async function treeByIndex(
  git: BinaryGit,
  gitdir: string,
  parent: string | null,
  changes: ReadonlyMap<string, string | null>,
  executables: ReadonlySet<string>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-index-'));
  try {
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    await git.local(gitdir, ['read-tree', parent ?? '--empty'], { env });
    // Deletions come first: a file may make way for a folder of its name.
    const lines = [...changes].map(([path, oid]) =>
      oid === null
        ? `0 ${'0'.repeat(40)}\t${path}\0`
        : `${executables.has(path) ? '100755' : '100644'} ${oid}\t${path}\0`,
    );
    await git.local(gitdir, ['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    return line(await git.local(gitdir, ['write-tree'], { env }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function identities(edit: CommitEdit): Record<string, string> {
  const author = cleanPerson(edit.author);
  const committer = cleanPerson(edit.committer);
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
  };
}

function line(output: Buffer): string {
  return output.toString('utf8').trim();
}
