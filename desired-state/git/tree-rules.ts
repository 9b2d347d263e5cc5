import { setImmediate } from 'node:timers/promises';
import { GitError, type Offence } from './errors.ts';
import { NameTwins } from './name-twins.ts';
import type { TreeEntry } from './port.ts';

/** Files a revision may hold. */
export const MAX_FILES = 100_000;
/** Characters of a path. */
export const MAX_PATH = 1024;

/** Bytes a file of a revision may hold: 1 MiB. */
export const MAX_BLOB_BYTES = 1024 * 1024;

/** Offending paths that a message lists; all are in `offences`. */
const MAX_TOLD = 50;

/** One entry of a tree as Git stores it, before it is judged. Folders do not appear, only what they hold. */
export interface RawEntry {
  /** Six octal digits, as in `100644`. */
  readonly mode: string;
  readonly oid: string;
  /** Bytes of the path; names in Git need not be UTF-8. */
  readonly path: Uint8Array;
  /** Bytes of the blob; null when it is not known without reading the blob. */
  readonly size: number | null;
}

const unsafeModes: Readonly<Record<string, string>> = {
  '120000': 'is a symbolic link; put the file itself there',
  '160000': 'is a submodule; copy its files into this repository',
};

/** Entries that are judged before others get their turn. */
const SLICE = 1_000;

/**
 * Judges the entries of a revision: regular files with portable names only. Pure.
 * @returns the entries, in the order given
 * @throws GitError `git/unsafe-tree` with every offending path
 */
export function judgeTree(entries: Iterable<RawEntry>): readonly TreeEntry[] {
  const judge = new TreeJudge();
  for (const entry of entries) judge.add(entry);
  return judge.end();
}

/** The same, for revisions of any size: the program goes on with other things in between. */
export async function judgeTreeInTurns(entries: Iterable<RawEntry>): Promise<readonly TreeEntry[]> {
  const judge = new TreeJudge();
  let count = 0;
  for (const entry of entries) {
    judge.add(entry);
    count += 1;
    if (count % SLICE === 0) await setImmediate();
  }
  return judge.end();
}

class TreeJudge {
  readonly #offences: Offence[] = [];
  readonly #judged: TreeEntry[] = [];
  readonly #names = new NameTwins();
  #count = 0;

  add(entry: RawEntry): void {
    this.#count += 1;
    if (this.#count > MAX_FILES) return;
    const path = decodePath(entry.path);
    const why = judgeEntry(entry, path);
    if (why !== null || path === null) {
      const shown = path ?? Buffer.from(entry.path).toString('latin1');
      this.#offences.push({ path: printable(shown), why: why ?? 'has a name that is not UTF-8' });
      return;
    }
    this.#judged.push({ path, oid: entry.oid });
    this.#names.add(path);
  }

  end(): readonly TreeEntry[] {
    if (this.#count > MAX_FILES) {
      throw new GitError(
        'git/unsafe-tree',
        `The revision holds ${this.#count} files; ${MAX_FILES} are allowed. Take files out of the repository.`,
      );
    }
    const offences = [...this.#offences, ...this.#names.offences()];
    if (offences.length > 0) throw unsafe('git/unsafe-tree', 'The revision holds', offences);
    return this.#judged;
  }
}

/** Judges the paths that an edit writes. @throws GitError `git/unsafe-path` with every offending path */
export function judgePaths(paths: readonly string[]): void {
  const offences = paths.flatMap((path) => {
    const why = judgePath(path);
    return why === null ? [] : [{ path: printable(path), why }];
  });
  if (offences.length > 0) throw unsafe('git/unsafe-path', 'The edit writes', offences);
}

/** Characters that some file systems pass over when they compare names, and that nobody sees. */
const ignored = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/** Most paths: no part of them needs a second look. */
const plain = /^(?:[A-Za-z0-9_][A-Za-z0-9_.@+=-]*\/)*[A-Za-z0-9_][A-Za-z0-9_.@+=-]*$/;

/** Why a path may not be in a revision, or null. */
export function judgePath(path: string): string | null {
  if (path.length <= MAX_PATH && plain.test(path)) return null;
  if (path.startsWith('/')) return 'is an absolute path';

  if (/[\u0000-\u001f\u007f]/.test(path)) return 'has a control character in its name';
  if (path.includes('\\')) return 'has a backslash in its name';
  if (path.length > MAX_PATH) return `is longer than ${MAX_PATH} characters`;
  for (const part of path.split('/')) {
    if (part === '' || part === '.' || part === '..')
      return `has the folder ${JSON.stringify(part)} in its path`;
    if (/^(\.git|git~1)[. ]*(:.*)?$/i.test(part.replaceAll(ignored, '')))
      return 'goes by the name of a Git folder';
  }
  return null;
}

function judgeEntry(entry: RawEntry, path: string | null): string | null {
  if (entry.mode !== '100644' && entry.mode !== '100755') {
    return unsafeModes[entry.mode] ?? `has the file mode ${entry.mode}; only regular files are allowed`;
  }
  if (path === null) return 'has a name that is not UTF-8';
  if (entry.size !== null && entry.size > MAX_BLOB_BYTES) {
    return `has ${entry.size} bytes; ${MAX_BLOB_BYTES} (1 MiB) are allowed`;
  }
  return judgePath(path);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodePath(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function printable(path: string): string {
  return path.replaceAll(
    /[\u0000-\u001f\u007f-\u009f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function unsafe(
  code: 'git/unsafe-tree' | 'git/unsafe-path',
  opening: string,
  offences: readonly Offence[],
): GitError {
  const lines = offences
    .slice(0, MAX_TOLD)
    .map((offence) => `  ${offence.path.slice(0, 300)} ${offence.why}`);
  if (offences.length > MAX_TOLD) lines.push(`  and ${offences.length - MAX_TOLD} more`);
  const what = offences.length === 1 ? 'a path that is' : `${offences.length} paths that are`;
  return new GitError(code, `${opening} ${what} not allowed:\n${lines.join('\n')}`, { offences });
}
