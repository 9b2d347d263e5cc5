import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import type { Log } from '../log.ts';
import { lockFolder } from './folder-lock.ts';
import type { Engine } from './guarded.ts';
import { type MigratingClient, migrate } from './migrate.ts';
import { StoreError } from './store-error.ts';
import { readers } from './values.ts';

/** What PGlite is opened with wherever it lies: tests open it from a dump in memory. */
export const embeddedOptions: PGliteOptions = {
  parsers: { ...readers },
  // An array would be written as JSON here and as a Postgres array by `pg`: refused by both.
  serializers: { 114: jsonText, 3802: jsonText },
};

/**
 * Opens the embedded Postgres in `dir/postgres`, brought up to date. It has one connection: statements of several
 * callers take turns, and a transaction keeps all others waiting. It survives the end of the process, however that
 * comes; a machine that loses power may lose it, for it does not wait for the disk.
 *
 * @throws StoreError `store/held` when another process has it open, `store/unreadable` when it cannot be opened
 */
export async function openEmbedded(dir: string, log: Log): Promise<Engine> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const data = join(dir, 'postgres');
  const lock = await lockFolder(join(dir, 'postgres.lock'), `The store in ${data}`);
  try {
    const engine = await start(data);
    await migrate(migratingClient(engine), log);
    return embeddedEngine(engine, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** @param closed called when the engine has let go of its files */
export function embeddedEngine(engine: PGlite, closed: () => void): Engine {
  return {
    kind: 'embedded',
    // It has one, which is always there; who waits for it only the engine knows.
    connections: () => ({ busy: 0, idle: 1, waiting: 0 }),
    query: (sql, parameters) => ask(engine, sql, parameters),
    transaction: (work) =>
      engine.transaction((inside) => work({ query: (sql, parameters) => ask(inside, sql, parameters) })),
    async close() {
      if (engine.closed) return;
      await engine.close();
      closed();
    },
  };
}

export function migratingClient(engine: PGlite): MigratingClient {
  const query = async (sql: string | { readonly text: string }, values?: unknown[]): Promise<unknown> => {
    const text = typeof sql === 'string' ? sql : sql.text;
    if (values !== undefined) return engine.query(text, values);
    // A migration is several statements.
    return (await engine.exec(text)).at(-1);
  };
  return { query } as unknown as MigratingClient;
}

async function start(data: string): Promise<PGlite> {
  try {
    return await PGlite.create(data, embeddedOptions);
  } catch (error) {
    throw new StoreError(
      'store/unreadable',
      `The embedded store in ${data} cannot be opened. It holds nothing that tenants run by: move the folder away ` +
        'to begin with an empty one (people are invited again), or put a backup of it there.',
      { cause: error },
    );
  }
}

async function ask<Row>(
  on: Pick<PGlite, 'query'>,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<readonly Row[]> {
  return (await on.query<Row>(sql, [...parameters])).rows;
}

function jsonText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new StoreError('store/misused', 'a value for a JSON column is given as JSON text');
}
