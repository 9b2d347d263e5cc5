import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { diskError } from './errors.ts';
import { parseTreeObject, type TreeItem } from './tree-object.ts';

const deflated = promisify(deflate);

/** Reads a tree object; null when it is too large to be read at once. */
export type ReadTree = (oid: string) => Promise<Buffer | null>;

/** `oid` is null when nothing is left in it. */
export interface WrittenTree {
  readonly oid: string | null;
}

/**
 * Writes an object as a file of its own, as git does, without a process for it. The name appears with the whole content
 * or not at all; one that is there is written anew, so that a damaged one does not stay.
 *
 * @throws GitError `git/disk`
 */
export async function writeObject(
  gitdir: string,
  type: 'blob' | 'tree' | 'commit',
  content: Uint8Array,
): Promise<string> {
  const whole = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
  const oid = createHash('sha1').update(whole).digest('hex');
  const folder = join(gitdir, 'objects', oid.slice(0, 2));
  const path = join(folder, oid.slice(2));
  // The name that git gives such files, so that its own tidying knows them.
  const temporary = join(folder, `tmp_obj_${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, await deflated(whole), { mode: 0o444, flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    // What is told is why it could not be written, not that nothing of it could be removed.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw diskError(gitdir, error);
  }
  return oid;
}

/**
 * Writes a tree with some files changed, and the trees above them; all others stay as they are.
 *
 * @param tree the tree to start from; null is the empty one
 * @param changes path to blob id; null takes the file out
 * @returns the new tree, or null when a folder is too large to be read at once
 */
export async function writeTree(
  gitdir: string,
  read: ReadTree,
  tree: string | null,
  changes: ReadonlyMap<string, string | null>,
): Promise<WrittenTree | null> {
  const items = new Map<string, TreeItem>();
  if (tree !== null) {
    const content = await read(tree);
    if (content === null) return null;
    for (const item of parseTreeObject(content, tree)) items.set(item.name.toString('utf8'), item);
  }
  const folders = new Map<string, Map<string, string | null>>();
  for (const [path, oid] of changes) {
    const slash = path.indexOf('/');
    const name = slash === -1 ? path : path.slice(0, slash);
    if (slash !== -1) {
      const inner = folders.get(name) ?? new Map<string, string | null>();
      folders.set(name, inner.set(path.slice(slash + 1), oid));
    } else if (oid === null) items.delete(name);
    else {
      const mode = items.get(name)?.mode === '100755' ? '100755' : '100644';
      items.set(name, { mode, name: Buffer.from(name), oid });
    }
  }
  for (const [name, inner] of folders) {
    const before = items.get(name);
    const after = await writeTree(gitdir, read, before?.mode === '040000' ? before.oid : null, inner);
    if (after === null) return null;
    if (after.oid !== null) items.set(name, { mode: '040000', name: Buffer.from(name), oid: after.oid });
    else if (before?.mode === '040000') items.delete(name);
  }
  if (items.size === 0) return { oid: null };
  return { oid: await writeObject(gitdir, 'tree', treeContent([...items.values()])) };
}

/** Git finds entries by their order, in which folders are sorted as if their names ended in a slash. */
function treeContent(items: readonly TreeItem[]): Buffer {
  const key = ({ mode, name }: TreeItem): Buffer =>
    mode === '040000' ? Buffer.concat([name, Buffer.from('/')]) : name;
  const sorted = items.toSorted((a, b) => Buffer.compare(key(a), key(b)));
  return Buffer.concat(
    sorted.flatMap(({ mode, name, oid }) => [
      Buffer.from(`${mode.replace(/^0/, '')} `),
      name,
      Buffer.from([0]),
      Buffer.from(oid, 'hex'),
    ]),
  );
}
