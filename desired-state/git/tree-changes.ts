import type { TreeChange } from './port.ts';
import { MAX_PATH } from './tree-rules.ts';

/** Folders that are compared; beyond, listing all files is quicker. */
const MAX_FOLDERS = 400;

/** Names that need no second look: see `judgePath`. */
const plain = /^[A-Za-z0-9_][A-Za-z0-9_.@+=-]*$/;

const ID_BYTES = 20;

/** One entry of a tree object, cut out of it. */
interface Item {
  readonly folder: boolean;
  /** Whether it may be in a revision; judged for what is new only. */
  readonly file: boolean;
  readonly name: Buffer;
  readonly oid: string;
}

interface Difference {
  readonly before: Item | null;
  readonly after: Item | null;
}

/**
 * How the files below two trees differ; folders with the same id are not looked at. Null when anything new is out of the
 * ordinary (a link, a name beyond plain ASCII, one that differs from another in case only, a tree that is malformed or
 * too large, very many folders): whether such a revision may be read, only a look at all of it can tell.
 *
 * @param read the content of a tree object; null when it is too large to be read
 * @param from a tree whose files were all accepted
 */
export async function treeChanges(
  read: (tree: string) => Promise<Buffer | null>,
  from: string,
  to: string,
): Promise<readonly TreeChange[] | null> {
  const changes: TreeChange[] = [];
  let folders: Pair[] = [{ path: '', from, to }];
  let count = 0;
  while (folders.length > 0) {
    count += folders.length;
    if (count > MAX_FOLDERS) return null;
    const below = await Promise.all(folders.map((pair) => compare(read, pair)));
    folders = [];
    for (const level of below) {
      if (level === null) return null;
      for (const change of level.changes) changes.push(change);
      for (const pair of level.folders) folders.push(pair);
    }
  }
  return changes;
}

/** A folder in both trees; null where one does not have it. */
interface Pair {
  /** With a slash at its end, unless it is the root. */
  readonly path: string;
  readonly from: string | null;
  readonly to: string | null;
}

interface Level {
  readonly changes: readonly TreeChange[];
  readonly folders: readonly Pair[];
}

async function compare(
  read: (tree: string) => Promise<Buffer | null>,
  { path, from, to }: Pair,
): Promise<Level | null> {
  if (from === to) return { changes: [], folders: [] };
  const nothing = Buffer.alloc(0);
  const [a, b] = await Promise.all([from === null ? nothing : read(from), to === null ? nothing : read(to)]);
  if (a === null || b === null) return null;
  const found = differences(a, b);
  if (found === null) return null;
  const added = found.some(({ before, after }) => before === null && after !== null);
  if (added && mayHaveTwins(b)) return null;
  const changes: TreeChange[] = [];
  const folders: Pair[] = [];
  for (const { before, after } of found) {
    const name = (after ?? before)?.name.toString('utf8') ?? '';
    if (after !== null && !mayBeNew(after, name, path)) return null;
    const files = { before: fileId(before), after: fileId(after) };
    if (files.before !== files.after) changes.push({ path: path + name, ...files });
    const pair = { path: `${path}${name}/`, from: folderId(before), to: folderId(after) };
    if (pair.from !== pair.to) folders.push(pair);
  }
  return { changes, folders };
}

function mayBeNew(item: Item, name: string, path: string): boolean {
  if (!item.file && !item.folder) return false;
  return plain.test(name) && path.length + name.length <= MAX_PATH && !/^git~1\.*$/i.test(name);
}

function fileId(item: Item | null): string | null {
  return item === null || item.folder ? null : item.oid;
}

function folderId(item: Item | null): string | null {
  return item?.folder === true ? item.oid : null;
}

/** What differs between two tree objects, in the order of Git; null when one of them is malformed. Pure. */
function differences(a: Buffer, b: Buffer): readonly Difference[] | null {
  const found: Difference[] = [];
  let i = 0;
  let j = 0;
  let last = -1;
  while (i < a.length || j < b.length) {
    const endA = endOf(a, i);
    const endB = endOf(b, j);
    if (endA > a.length || endB > b.length) return null;
    // Nearly all of them: not even cut out.
    if (i < a.length && endA - i === endB - j && a.compare(b, j, endB, i, endA) === 0) {
      last = j;
      i = endA;
      j = endB;
      continue;
    }
    const x = i < a.length ? itemAt(a, i, endA) : null;
    const y = j < b.length ? itemAt(b, j, endB) : null;
    const order = x === null ? 1 : y === null ? -1 : Buffer.compare(sortKey(x), sortKey(y));
    if (order >= 0 && y !== null) {
      if (last !== -1 && Buffer.compare(sortKey(itemAt(b, last, endOf(b, last))), sortKey(y)) >= 0)
        return null;
      last = j;
      j = endB;
    }
    if (order <= 0) i = endA;
    found.push({ before: order <= 0 ? x : null, after: order >= 0 ? y : null });
  }
  return found;
}

/** Where the entry that begins at an offset ends; beyond the buffer when it does not end. */
function endOf(tree: Buffer, start: number): number {
  if (start >= tree.length) return start;
  const nul = tree.indexOf(0, start);
  return nul === -1 ? tree.length + 1 : nul + 1 + ID_BYTES;
}

function itemAt(tree: Buffer, start: number, end: number): Item {
  const nul = end - ID_BYTES - 1;
  const space = tree.indexOf(0x20, start);
  const cut = space === -1 || space > nul ? nul : space;
  const mode = tree.toString('latin1', start, cut);
  return {
    folder: mode === '40000',
    file: mode === '100644' || mode === '100755',
    name: tree.subarray(Math.min(cut + 1, nul), nul),
    oid: tree.toString('hex', nul + 1, end),
  };
}

/** Git sorts folders as if their names ended in a slash. */
function sortKey({ folder, name }: Item): Buffer {
  return folder ? Buffer.concat([name, Buffer.from('/')]) : name;
}

/** Whether two names of a folder may be one where case or Unicode form do not count. */
function mayHaveTwins(tree: Buffer): boolean {
  const names = new Set<string>();
  let count = 0;
  for (let start = 0; start < tree.length; start = endOf(tree, start)) {
    const { name } = itemAt(tree, start, endOf(tree, start));
    const text = name.toString('latin1');
    if (!/^[ -~]*$/.test(text)) return true;
    names.add(text.toLowerCase());
    count += 1;
  }
  return names.size < count;
}
