import { fileURLToPath } from 'node:url';
import type { ClientBase } from 'pg';
import type { Log } from '../log.ts';

const folder = fileURLToPath(new URL('migrations', import.meta.url));

/** The one method of a `pg` client that migrating needs; PGlite answers it too. */
export type MigratingClient = Pick<ClientBase, 'query'>;

/**
 * Brings the tables up to date: every file of `migrations/` that has not run yet, in the order of their numbers, all in
 * one transaction. Two that start at once wait for each other. Forward only: there is no way down.
 *
 * The order is not checked against what has run: each part of the control node has a block of numbers of its own, so a
 * new migration of one stands before an old one of the next.
 */
export async function migrate(client: MigratingClient, log: Log): Promise<void> {
  // Loaded here: it is half a second that a command without a store need not pay.
  const { runner } = await import('node-pg-migrate');
  const done = await runner({
    dbClient: client as ClientBase,
    dir: folder,
    ignorePattern: '(?!.*\\.sql$).*',
    direction: 'up',
    migrationsTable: 'migrations',
    checkOrder: false,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: {
      debug: (message) => log.debug(String(message)),
      info: (message) => log.debug(String(message)),
      warn: (message) => log.warn(String(message)),
      error: (message) => log.error(String(message)),
    },
  });
  if (done.length > 0)
    log.info({ migrations: done.map(({ name }) => name) }, 'the store was brought up to date');
}
