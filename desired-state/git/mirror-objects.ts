import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError } from './errors.ts';
import type { GitLimits } from './limits.ts';

/** The folder of a repository that packs are in. */
export function packFolder(gitdir: string): string {
  return join(gitdir, 'objects', 'pack');
}

/** Bytes of the packs of a repository, whole and begun. */
export async function packBytes(gitdir: string): Promise<number> {
  let bytes = 0;
  for (const name of await namesIn(packFolder(gitdir))) {
    const found = await stat(join(packFolder(gitdir), name)).catch(absent(null));
    bytes += found?.size ?? 0;
  }
  return bytes;
}

/** Paths of the objects that are files of their own, below `objects`. */
export async function looseObjects(gitdir: string): Promise<readonly string[]> {
  const objects = join(gitdir, 'objects');
  const folders = (await namesIn(objects)).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const found = folders.map(async (folder) =>
    (await namesIn(join(objects, folder))).map((name) => join(folder, name)),
  );
  return (await Promise.all(found)).flat();
}

export async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(absent<string[]>([]));
}

/**
 * Refuses to bring anything into a mirror that is too large already: one whose branch is rewritten again and again
 * keeps what it had before, as it must while that may be the accepted revision.
 * @throws GitError `git/too-large`
 */
export function requireRoom(gitdir: string, bytes: number, { mirrorBytes }: GitLimits): void {
  if (bytes <= mirrorBytes) return;
  throw new GitError(
    'git/too-large',
    `The mirror at ${gitdir} has ${bytes} bytes; ${mirrorBytes} are allowed. Look at what was pushed to the branch, ` +
      'take large files out of its history, and delete the folder: it is made anew.',
  );
}

/** Files come and go while git works. */
function absent<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return value;
    throw error;
  };
}
