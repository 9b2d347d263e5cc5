import { GitError, type Offence } from './errors.ts';
import type { TreeEntry } from './port.ts';

/** Files a revision may hold. */
export const MAX_FILES = 100_000;
/** Bytes a file of a revision may hold: 1 MiB. */
export const MAX_BLOB_BYTES = 1024 * 1024;

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

/**
 * Judges the entries of a revision: regular files with portable names only. Pure.
 * @returns the entries, in the order given
 * @throws GitError `git/unsafe-tree` with every offending path
 */
export function judgeTree(entries: readonly RawEntry[]): readonly TreeEntry[] {
  if (entries.length > MAX_FILES) {
    throw new GitError(
      'git/unsafe-tree',
      `The revision holds ${entries.length} files; ${MAX_FILES} are allowed. Take files out of the repository.`,
    );
  }
  const offences: Offence[] = [];
  const judged: TreeEntry[] = [];
  for (const entry of entries) {
    const path = decodePath(entry.path);
    const shown = path ?? Buffer.from(entry.path).toString('latin1');
    const why = judgeEntry(entry, path);
    if (why !== null) offences.push({ path: printable(shown), why });
    else judged.push({ path: shown, oid: entry.oid });
  }
  offences.push(...caseTwins(judged.map((entry) => entry.path)));
  if (offences.length > 0) throw unsafe('git/unsafe-tree', 'The revision holds', offences);
  return judged;
}

/** Judges the paths that an edit writes. @throws GitError `git/unsafe-path` with every offending path */
export function judgePaths(paths: readonly string[]): void {
  const offences = paths.flatMap((path) => {
    const why = judgePath(path);
    return why === null ? [] : [{ path: printable(path), why }];
  });
  if (offences.length > 0) throw unsafe('git/unsafe-path', 'The edit writes', offences);
}

/** Why a path may not be in a revision, or null. */
export function judgePath(path: string): string | null {
  if (path.startsWith('/')) return 'is an absolute path';

  if (/[\u0000-\u001f\u007f]/.test(path)) return 'has a control character in its name';
  if (path.includes('\\')) return 'has a backslash in its name';
  if (path.length > 1024) return 'is longer than 1024 characters';
  for (const part of path.split('/')) {
    if (part === '' || part === '.' || part === '..')
      return `has the folder ${JSON.stringify(part)} in its path`;
    if (/^(\.git|git~1)[. ]*$/i.test(part)) return 'goes by the name of a Git folder';
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

/** Names of one folder, files and folders alike, that are one name where case or Unicode form do not count. */
function caseTwins(paths: readonly string[]): Offence[] {
  const names = new Map<string, string>();
  const offences = new Map<string, Offence>();
  for (const path of paths) {
    for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      const name = end === -1 ? path : path.slice(0, end);
      const folder = name.slice(0, name.lastIndexOf('/') + 1);
      const key = folder + name.slice(folder.length).normalize('NFC').toLowerCase();
      const twin = names.get(key);
      if (twin === undefined) names.set(key, name);
      else if (twin !== name)
        offences.set(name, { path: name, why: `differs from ${twin} in case only; rename one` });
      if (end === -1) break;
    }
  }
  return [...offences.values()];
}

function decodePath(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
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
  const lines = offences.map((offence) => `  ${offence.path} ${offence.why}`);
  const what = offences.length === 1 ? 'a path that is' : `${offences.length} paths that are`;
  return new GitError(code, `${opening} ${what} not allowed:\n${lines.join('\n')}`, { offences });
}
