import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { constants, lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './docker-errors.ts';
import { type FolderStamps, sameAt, sameStamps, stampsOf, withoutStats } from './folder-stamps.ts';

/** Permission bits of every managed file: read by any user of the runtime, written by none. */
export const FILE_MODE = 0o444;

/** Permission bits of the folder and of all folders in it: any user of the runtime may look around. */
export const FOLDER_MODE = 0o755;

/** No managed file comes near; what is larger was put there by another hand and is not read. */
const LARGEST_BYTES = 16 * 1024 * 1024;

/** What is larger is read beside everything else. */
const SMALL_BYTES = 64 * 1024;

/**
 * Digests what is in a folder, and remembers the digest of a file as long as its inode, size, mode and times stay: no
 * edit keeps them all, because the kernel sets the time of change (ctime) and lets nobody choose it. Links are never
 * followed.
 */
export class FolderDigests {
  readonly #known = new Map<string, { readonly stamps: FolderStamps; readonly digests: Digests }>();

  /**
   * Path relative to `folder` to sha256 (hex) of a regular file, or to what stands there instead: `symlink:<target>`,
   * `special:` for a socket, pipe or device, `oversize:<bytes>`, `mode-<octal>:<sha256>` for a file whose permissions
   * another hand changed. A folder is named (`prompts/`, `./` for itself) only when its permissions were changed.
   * Null when there is no such folder. The same object as the last time where nothing moved.
   */
  async read(folder: string): Promise<Digests | null> {
    const stamps = stampsOf(folder);
    if (stamps === null) {
      this.#known.delete(folder);
      return null;
    }
    const known = this.#known.get(folder);
    if (known !== undefined && sameStamps(known.stamps, stamps)) return known.digests;
    const digests: Record<string, string> = {};
    for (const [at, path] of stamps.paths.entries()) {
      const stat = stamps.stats[at];
      if (stat === undefined) continue;
      const name = stat.isDirectory() ? `${path}/` : path;
      const old = known === undefined || !sameAt(known.stamps, stamps, at) ? undefined : known.digests[name];
      const digest = old ?? (await this.#entry(join(folder, path), stat));
      if (digest !== null) digests[name] = digest;
    }
    this.#known.set(folder, { stamps: withoutStats(stamps), digests });
    return digests;
  }

  async #entry(path: string, stat: Stats): Promise<string | null> {
    if (stat.isDirectory()) return modeMark(stat, FOLDER_MODE) || null;
    if (stat.isSymbolicLink()) return `symlink:${await readlink(path)}`;
    if (!stat.isFile()) return 'special:';
    if (stat.size > LARGEST_BYTES) return `oversize:${stat.size}`;
    const bytes = stat.size <= SMALL_BYTES ? readSmallFile(path) : await readRegularFile(path);
    return bytes === null ? null : modeMark(stat, FILE_MODE) + sha256(bytes);
  }

  /** Forgets what lies under a folder that is removed. */
  forget(folder: string): void {
    for (const path of this.#known.keys()) {
      if (path === folder || path.startsWith(`${folder}/`)) this.#known.delete(path);
    }
  }
}

type Digests = Readonly<Record<string, string>>;

/** Empty when the permissions are the expected ones. */
function modeMark(stat: Stats, expected: number): string {
  const mode = stat.mode & 0o7777;
  return mode === expected ? '' : `mode-${mode.toString(8).padStart(4, '0')}:`;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A link is not followed, and a pipe does not keep who opens it waiting. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function nullIfIrregular(error: unknown): null {
  if (errorCode(error) === 'ELOOP' || errorCode(error) === 'ENXIO') return null;
  return nullIfMissing(error);
}

/** As `readRegularFile`, in one go: at a start thousands of small files are read, and each is done in microseconds. */
function readSmallFile(path: string): Uint8Array | null {
  let file: number;
  try {
    file = openSync(path, READ_FLAGS);
  } catch (error) {
    return nullIfIrregular(error);
  }
  try {
    return fstatSync(file).isFile() ? readFileSync(file) : null;
  } finally {
    closeSync(file);
  }
}

/** Null when it is gone, or no longer a regular file. */
export async function readRegularFile(path: string): Promise<Uint8Array | null> {
  const file = await open(path, READ_FLAGS).catch(nullIfIrregular);
  if (file === null) return null;
  try {
    return (await file.stat()).isFile() ? await file.readFile() : null;
  } finally {
    await file.close();
  }
}

/** Everything under a folder, relative to it; null when there is no folder. Links to folders are not entered. */
export async function entriesOf(folder: string): Promise<string[] | null> {
  const stat = await lstat(folder).catch(nullIfMissing);
  if (stat === null || !stat.isDirectory()) return null;
  const names: string[] = [];
  const walk = async (prefix: string): Promise<void> => {
    const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch(nullIfMissing);
    for (const entry of entries ?? []) {
      const path = join(prefix, entry.name);
      names.push(path);
      if (entry.isDirectory()) await walk(path);
    }
  };
  await walk('');
  return names;
}

/** For `catch`: something that another hand removed meanwhile is simply not there. */
export function nullIfMissing(error: unknown): null {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw error;
}
