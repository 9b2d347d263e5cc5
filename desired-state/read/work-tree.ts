import { hash } from 'node:crypto';
import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { classifyPath } from '../../schemas/layout.ts';
import type { TreeEntry } from '../git/port.ts';
import { judgeTree, MAX_BLOB_BYTES, type RawEntry } from '../git/tree-rules.ts';
import type { Source } from './source.ts';
import { inTurns } from './turns.ts';

/**
 * The files of a folder as they are now, committed or not, under the rules of a commit. `.git` is left out, and so
 * are sockets and pipes, which Git does not store either. Each call of `entries` looks again.
 */
export function workTreeSource(dir: string): Source {
  let contents: ReadonlyMap<string, Uint8Array> = new Map();
  return {
    revision: 'work tree',
    async entries(): Promise<readonly TreeEntry[]> {
      const there: FoundFile[] = [];
      // Thousands of small files: waiting for each costs several times what reading it does.
      await inTurns(readFolder(dir, ''), (file) => there.push(file));
      contents = new Map(there.flatMap(({ entry, bytes }) => (bytes === null ? [] : [[entry.oid, bytes]])));
      return judgeTree(there.map(({ entry }) => entry));
    },
    async read(oids): Promise<ReadonlyMap<string, Uint8Array>> {
      return new Map(
        oids.map((oid) => {
          const bytes = contents.get(oid);
          if (bytes === undefined)
            throw new Error(`The folder ${dir} had no document ${oid} when it was listed.`);
          return [oid, bytes];
        }),
      );
    },
  };
}

/** The id that Git gives to a file of this content. */
export function blobId(bytes: Uint8Array): string {
  return hash('sha1', Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]), 'hex');
}

interface FoundFile {
  readonly entry: RawEntry;
  /** Kept for documents only: a repository may hold other things, and large ones. */
  readonly bytes: Uint8Array | null;
}

const NO_OID = '0'.repeat(40);

/** @param prefix path of the folder in the repository, with a slash at its end unless it is the root */
function* readFolder(dir: string, prefix: string): Generator<FoundFile> {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.name === '.git') continue;
    const place = join(dir, entry.name);
    if (entry.isDirectory()) yield* readFolder(place, `${prefix}${entry.name}/`);
    else yield* readEntry(place, prefix + entry.name, entry);
  }
}

function readEntry(place: string, path: string, entry: Dirent): FoundFile[] {
  if (entry.isSymbolicLink()) return [{ entry: raw('120000', NO_OID, path, null), bytes: null }];
  if (!entry.isFile()) return [];
  const { size } = lstatSync(place);
  if (size > MAX_BLOB_BYTES) return [{ entry: raw('100644', NO_OID, path, size), bytes: null }];
  const bytes = readFileSync(place);
  const found = raw('100644', blobId(bytes), path, bytes.length);
  return [{ entry: found, bytes: classifyPath(path).type === 'document' ? bytes : null }];
}

function raw(mode: string, oid: string, path: string, size: number | null): RawEntry {
  return { mode, oid, path: Buffer.from(path), size };
}
