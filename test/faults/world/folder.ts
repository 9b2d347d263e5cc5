import { constants, existsSync } from 'node:fs';
import { access, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeSecretsMount } from '../../../reconciler/adapters/files-tmpfs.ts';

/** A folder in memory where there is one: a campaign syncs a great many small files, and secrets need no mount there. */
export async function roomyFolder(): Promise<string> {
  const folder = await access('/dev/shm', constants.W_OK).then(
    () => '/dev/shm',
    () => tmpdir(),
  );
  // What a campaign left behind that was killed: its process is gone.
  for (const name of await readdir(folder)) {
    const pid = /^tenantry-faults-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    await removeSecretsMount(join(folder, name, 'secrets')).catch(() => {});
    await rm(join(folder, name), { recursive: true, force: true });
  }
  return folder;
}
