import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { constants, lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './docker-errors.ts';

/** Permission bits of every managed file: read by any user of the runtime, written by none. */
export const FILE_MODE = 0o444;

interface Known {
  readonly stamp: string;
  readonly digest: string;
}

/** Permission bits of the folder and of all folders in it: any user of the runtime may look around. */
export const FOLDER_MODE = 0o755;

/** No managed file comes near; what is larger was put there by another hand and is not read. */
const LARGEST_BYTES = 16 * 1024 * 1024;

/** A file that changed so recently may change again without its times showing it. */
const SETTLED_MS = 200;

/**
 * Digests what is in a folder, and remembers the digest of a file as long as its inode, size and times stay. Links are
 * never followed.
 */
export class FolderDigests {
  readonly #known = new Map<string, Known>();

  /**
   * Path relative to `folder` to sha256 (hex) of a regular file, or to what stands there instead: `symlink:<target>`,
   * `special:` for a socket, pipe or device, `oversize:<bytes>`, `mode-<octal>:<sha256>` for a file whose permissions
   * another hand changed. A folder is named (`prompts/`, `./` for itself) only when its permissions were changed.
   * Null when there is no such folder.
   */
  async read(folder: string): Promise<Readonly<Record<string, string>> | null> {
    const entries = await entriesOf(folder);
    if (entries === null) return null;
    const digests: Record<string, string> = {};
    for (const path of ['.', ...entries.toSorted()]) {
      const stat = await lstat(join(folder, path), { bigint: true }).catch(nullIfMissing);
      if (stat === null) continue;
      const digest = await this.#entry(join(folder, path), stat);
      if (digest !== null) digests[stat.isDirectory() ? `${path}/` : path] = digest;
    }
    return digests;
  }

  async #entry(path: string, stat: BigIntStats): Promise<string | null> {
    if (stat.isDirectory()) return modeMark(stat, FOLDER_MODE) || null;
    if (stat.isSymbolicLink()) return `symlink:${await readlink(path)}`;
    if (!stat.isFile()) return 'special:';
    if (stat.size > LARGEST_BYTES) return `oversize:${stat.size}`;
    const digest = await this.#file(path, stat);
    return digest === null ? null : modeMark(stat, FILE_MODE) + digest;
  }

  async #file(path: string, stat: BigIntStats): Promise<string | null> {
    const stamp = `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known.digest;
    const bytes = await readRegularFile(path);
    if (bytes === null) return null;
    const digest = sha256(bytes);
    if (Date.now() - Number(stat.ctimeMs) > SETTLED_MS) this.#known.set(path, { stamp, digest });
    return digest;
  }

  /** Forgets what lies under a folder that is removed. */
  forget(folder: string): void {
    for (const path of this.#known.keys()) {
      if (path.startsWith(`${folder}/`)) this.#known.delete(path);
    }
  }
}

/** Empty when the permissions are the expected ones. */
function modeMark(stat: BigIntStats, expected: number): string {
  const mode = Number(stat.mode & 0o7777n);
  return mode === expected ? '' : `mode-${mode.toString(8).padStart(4, '0')}:`;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Null when it is gone, or no longer a regular file. */
export async function readRegularFile(path: string): Promise<Uint8Array | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: unknown) => {
    if (errorCode(error) === 'ELOOP' || errorCode(error) === 'ENXIO') return null;
    return nullIfMissing(error);
  });
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
