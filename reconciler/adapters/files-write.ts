import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ReconcilerError } from '../errors.ts';
import type { Beginning } from '../ports.ts';
import { putInPlace, type Staged, stageFile, syncFolder } from './durable-write.ts';
import { entriesOf, FILE_MODE, FOLDER_MODE, nullIfMissing, sha256 } from './files-digest.ts';

/** Folders above them: only root looks around there; the mount itself needs no way through. */
const PRIVATE_MODE = 0o700;

export interface FolderWrite {
  readonly folder: string;
  /** A private folder on the same filesystem, outside the mount, of this folder's one writer alone. */
  readonly staging: string;
  /** Relative path to content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What `FolderDigests` says is there; files with the right digest are not touched. */
  readonly present: Readonly<Record<string, string>>;
  readonly beginning: Beginning;
}

/**
 * Makes `folder` hold exactly `files`. The folder itself is never replaced: containers have it mounted. One that is not
 * there is made once that is known to whoever has them mount it, and never by the way: another hand may be removing it
 * just now. All new contents are written and synced in `staging` before the first is renamed, so a full disk leaves
 * everything as it was. What a writer that was killed left in there is removed.
 * @throws ReconcilerError `files/bad-path` before anything is written
 */
export async function writeFolder(write: FolderWrite): Promise<void> {
  const { folder, staging, files, present, beginning } = write;
  for (const path of files.keys()) checkPath(path);
  const there = (await lstat(folder).catch(nullIfMissing))?.isDirectory() === true;
  await beginning(!there);
  if (there) await chmod(folder, FOLDER_MODE);
  else await makeFolder(folder);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true, mode: PRIVATE_MODE });
  try {
    const staged: Staged[] = [];
    for (const [path, bytes] of files) {
      if (present[path] === sha256(bytes)) continue;
      staged.push(
        await stageFile(join(staging, String(staged.length)), join(folder, path), bytes, FILE_MODE),
      );
    }
    const touched = new Set<string>([folder]);
    for (const parent of parentsOf(files.keys())) {
      await makeFolder(join(folder, parent));
      touched.add(join(folder, parent));
    }
    for (const one of staged) {
      await clearFolderAt(one.target);
      await putInPlace(one);
    }
    await removeOthers(folder, files, touched);
    for (const path of touched) await syncFolder(path);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** A path inside the folder, in its one spelling. @throws ReconcilerError `files/bad-path` */
function checkPath(path: string): void {
  const parts = path.split('/');
  if (!path.includes('\0') && parts.every((part) => part !== '' && part !== '.' && part !== '..')) return;
  throw new ReconcilerError('files/bad-path', `${JSON.stringify(path)} is no path inside a tenant's folder`, {
    retry: 'never',
  });
}

/** Every folder above one of the paths, outer ones first. */
function parentsOf(paths: Iterable<string>): string[] {
  const parents = new Set<string>();
  for (const path of paths) {
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) parents.add(parent);
  }
  return [...parents].toSorted();
}

/** A real folder at this path, in place of whatever else stood there; the one above it is there. */
async function makeFolder(path: string): Promise<void> {
  const stat = await lstat(path).catch(nullIfMissing);
  if (stat !== null && !stat.isDirectory()) await rm(path, { force: true });
  if (stat === null || !stat.isDirectory()) await mkdir(path, { mode: PRIVATE_MODE });
  if (stat === null || (stat.mode & 0o7777) !== FOLDER_MODE) await chmod(path, FOLDER_MODE);
}

async function clearFolderAt(path: string): Promise<void> {
  const stat = await lstat(path).catch(nullIfMissing);
  if (stat?.isDirectory()) await rm(path, { recursive: true });
}

async function removeOthers(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  touched: Set<string>,
): Promise<void> {
  const keep = new Set([...files.keys(), ...parentsOf(files.keys())]);
  for (const path of (await entriesOf(folder)) ?? []) {
    if (keep.has(path)) continue;
    await rm(join(folder, path), { recursive: true, force: true });
    const parent = join(folder, dirname(path));
    if (parent === folder || keep.has(dirname(path))) touched.add(parent);
  }
}
