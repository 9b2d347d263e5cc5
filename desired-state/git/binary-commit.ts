import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BinaryGit } from './binary-git.ts';
import { cleanMessage, cleanPerson, judgeEdit } from './edit.ts';
import type { CommitEdit, TreeEntry } from './port.ts';

/**
 * Writes blobs, trees and a commit into a bare repository, by way of an index that is thrown away afterwards.
 * @param parentTree the files of `edit.parent`; empty for a root commit
 * @param executables the paths among them that are executable, which they stay
 */
export async function writeCommit(
  git: BinaryGit,
  gitdir: string,
  edit: CommitEdit,
  parentTree: readonly TreeEntry[],
  executables: ReadonlySet<string>,
): Promise<string> {
  const { writes, deletes } = judgeEdit(edit.changes, parentTree);
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-index-'));
  try {
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    await git.local(gitdir, ['read-tree', edit.parent ?? '--empty'], { env });
    // Deletions first: a file may make way for a folder of its name.
    const lines = deletes.map((path) => `0 ${'0'.repeat(40)}\t${path}\0`);
    for (const { path, content } of writes) {
      const oid = await git.local(gitdir, ['hash-object', '-w', '--no-filters', '--stdin'], {
        input: content,
      });
      lines.push(`${executables.has(path) ? '100755' : '100644'} ${line(oid)}\t${path}\0`);
    }
    await git.local(gitdir, ['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    const tree = line(await git.local(gitdir, ['write-tree'], { env }));
    const parent = edit.parent === null ? [] : ['-p', edit.parent];
    const sign = git.signs ? ['-S'] : [];
    const commit = await git.local(gitdir, ['commit-tree', ...sign, tree, ...parent, '-F', '-'], {
      env: identities(edit),
      input: cleanMessage(edit.message),
    });
    return line(commit);
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
