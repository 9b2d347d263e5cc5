import { open } from 'node:fs/promises';
import { errorCode } from '../../reconciler/adapters/docker-errors.ts';

/** Writes a file until the filesystem that it is on takes nothing more. For small filesystems of a test's own. */
export async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (let size = 65_536; size >= 1; ) {
      try {
        await file.write(Buffer.alloc(size, 0x61));
      } catch (error) {
        if (errorCode(error) !== 'ENOSPC') throw error;
        size = Math.floor(size / 16);
      }
    }
  } finally {
    await file.close();
  }
}
