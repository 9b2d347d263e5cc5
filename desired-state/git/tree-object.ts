import { GitError } from './errors.ts';

/** One entry of one tree object; `name` holds no folder. */
export interface TreeItem {
  /** As git shows it: `100644`, `100755`, `040000`, `120000` or `160000`. */
  readonly mode: string;
  readonly name: Buffer;
  readonly oid: string;
}

/**
 * Reads a tree object: `mode name<NUL>` and 20 bytes of id, again and again. Names are bytes. The order is part of the
 * format: git finds entries by it, so that another order, or a name that is there twice, reads differently in different
 * hands. Pure.
 * @throws GitError `git/corrupt`, `git/unsafe-object`
 */
export function parseTreeObject(content: Buffer, oid: string): readonly TreeItem[] {
  const items: TreeItem[] = [];
  let before: Buffer | null = null;
  for (let start = 0; start < content.length; ) {
    const space = content.indexOf(0x20, start);
    const nul = content.indexOf(0, space);
    if (space === -1 || nul === -1 || nul + 21 > content.length) {
      throw new GitError('git/corrupt', `Tree ${oid} ends in the middle of an entry.`);
    }
    const name = content.subarray(space + 1, nul);
    const written = content.toString('latin1', start, space);
    const mode = canonicalMode(written);
    if (mode === null || written.startsWith('0')) throw malformed(oid, `the mode ${written.slice(0, 12)}`);
    if (name.length === 0) throw malformed(oid, 'an empty name');
    if (name.includes(0x2f)) throw malformed(oid, 'a name with a slash');
    // Git sorts folders as if their names ended in a slash.
    const key: Buffer = mode === '040000' ? Buffer.concat([name, Buffer.from('/')]) : name;
    if (before !== null && Buffer.compare(before, key) >= 0) throw malformed(oid, 'entries out of order');
    before = key;
    items.push({ mode, name, oid: content.toString('hex', nul + 1, nul + 21) });
    start = nul + 21;
  }
  refuseTwins(items, oid);
  return items;
}

/** The mode that git makes of what a tree holds: early versions wrote more of them, such as 100664. */
function canonicalMode(written: string): string | null {
  if (!/^[0-7]{1,7}$/.test(written)) return null;
  const mode = Number.parseInt(written, 8);
  switch (mode & 0o170000) {
    case 0o100000:
      return (mode & 0o100) === 0 ? '100644' : '100755';
    case 0o040000:
      return '040000';
    case 0o120000:
      return '120000';
    default:
      return '160000';
  }
}

/** A file and a folder of one name are apart in the order of a tree, so that it does not show them. */
function refuseTwins(items: readonly TreeItem[], oid: string): void {
  const names = new Set<string>();
  for (const { name } of items) {
    const key = name.toString('latin1');
    if (names.has(key)) throw malformed(oid, `the name ${JSON.stringify(name.toString('utf8'))} twice`);
    names.add(key);
  }
}

function malformed(oid: string, what: string): GitError {
  return new GitError(
    'git/unsafe-object',
    `Tree ${oid} holds ${what}, which no version of git writes. Take the commit that brought it out of the branch.`,
  );
}
