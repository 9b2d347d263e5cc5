import type { Log } from '../log.ts';
import type { Database } from '../ports.ts';
import { guarded } from './guarded.ts';

export interface StoreOptions {
  /** `postgres://…`; without it the store is embedded, in `dir`. */
  readonly url?: string;
  /** A folder of the store's own; made when it is not there. */
  readonly dir: string;
  readonly log: Log;
}

/**
 * Opens the store with its tables brought up to date: Postgres where an address is given, else an embedded one in a
 * folder. The same statements run on both; see the folder's README for what they may hold.
 *
 * @throws StoreError `store/unreachable`, `store/held`, `store/unreadable`
 */
export async function openDatabase(options: StoreOptions): Promise<Database> {
  const { url, dir, log } = options;
  // Each engine is loaded where it is used: PGlite alone is 20 MB.
  if (url !== undefined) {
    const { openPostgres } = await import('./postgres.ts');
    return guarded(await openPostgres(url, log));
  }
  const { openEmbedded } = await import('./embedded.ts');
  return guarded(await openEmbedded(dir, log));
}
