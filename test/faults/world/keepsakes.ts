import { constants } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RawClient } from '../../support/raw-engine.ts';
import type { World } from './world.ts';

/** A file in a volume, with what was written into it. */
export interface Keepsake {
  readonly volume: string;
  readonly path: string;
  readonly text: string;
}

const name = 'keepsake';

/** Leaves something in every volume whose folder can be reached from here: data that nobody may take away (INV-5). */
export async function leaveKeepsakes({ engine }: World): Promise<readonly Keepsake[]> {
  if (!engine.own) return [];
  const left = (await volumesOn(engine.socket)).map(async ({ Name: volume, Mountpoint }) => {
    const reachable = await access(Mountpoint, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!reachable) return [];
    const keepsake = { volume, path: join(Mountpoint, name), text: `what ${volume} holds` };
    await writeFile(keepsake.path, keepsake.text);
    return [keepsake];
  });
  return (await Promise.all(left)).flat();
}

async function volumesOn(
  socket: string,
): Promise<readonly { readonly Name: string; readonly Mountpoint: string }[]> {
  const client = new RawClient(socket);
  try {
    const { body } = await client.ask('GET', '/volumes');
    return (body as { readonly Volumes: Awaited<ReturnType<typeof volumesOn>> }).Volumes;
  } finally {
    client.close();
  }
}

/** Volumes in which it is not as it was left. */
export async function lostKeepsakes(keepsakes: readonly Keepsake[]): Promise<readonly string[]> {
  const lost = keepsakes.map(async ({ volume, path, text }) => {
    const found = await readFile(path, 'utf8').catch(() => null);
    return found === text ? [] : [volume];
  });
  return (await Promise.all(lost)).flat();
}
