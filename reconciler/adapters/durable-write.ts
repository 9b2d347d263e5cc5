import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that is written and synced under a name of its own, waiting to be put in place. */
export interface Staged {
  readonly staging: string;
  readonly target: string;
}

/**
 * Writes a whole file to `staging` and syncs it; nothing is left there when that fails.
 * @param mode permission bits, whatever the umask says
 */
export async function stageFile(
  staging: string,
  target: string,
  bytes: Uint8Array | string,
  mode: number,
): Promise<Staged> {
  try {
    const file = await open(staging, 'wx', mode);
    await closing(file, async () => {
      await file.writeFile(bytes);
      await file.chmod(mode);
      await file.sync();
    });
  } catch (error) {
    await rm(staging, { force: true });
    throw error;
  }
  return { staging, target };
}

/** Renames a staged file into place. The folder still has to be synced for the name to last. */
export async function putInPlace(staged: Staged): Promise<void> {
  await rename(staged.staging, staged.target);
}

/** After this the names in the folder survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await closing(folder, () => folder.sync());
}

/** The three together for one file: afterwards there is the old content or the new one, never a part. */
export async function replaceFile(
  staging: string,
  target: string,
  bytes: Uint8Array | string,
  mode: number,
): Promise<void> {
  await rm(staging, { force: true });
  const staged = await stageFile(staging, target, bytes, mode);
  await putInPlace(staged);
  await syncFolder(dirname(target));
}

async function closing(file: FileHandle, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await file.close();
  }
}
