import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultLimits } from './limits.ts';

/** A machine that lost power while git wrote a ref leaves the lock behind, and every later fetch would fail. */
export async function removeStaleLocks(folder: string): Promise<void> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  for (const name of names.filter((entry) => entry.endsWith('.lock'))) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > 2 * defaultLimits.fetchMs) await rm(path, { force: true });
  }
}
