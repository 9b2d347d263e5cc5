import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../log.ts';
import type { Queryable } from '../ports.ts';
import type { Engine } from './guarded.ts';
import { migrate } from './migrate.ts';
import { StoreError, sqlState } from './store-error.ts';
import { readers } from './values.ts';

const STATEMENT_MS = 30_000;
const CONNECT_MS = 5_000;
/** How long a start waits for a database that is starting too. */
const START_MS = 30_000;

/**
 * Opens a pool of connections to Postgres 15 or newer, with the tables brought up to date.
 *
 * @param url `postgres://user:password@host:port/database`
 * @throws StoreError `store/unreachable` when nothing answers within half a minute, or refuses us
 */
export async function openPostgres(url: string, log: Log, startMs = START_MS): Promise<Engine> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'tenantry',
    max: 10,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: STATEMENT_MS,
    // Beyond the server's own: for a server that does not answer at all.
    query_timeout: STATEMENT_MS + CONNECT_MS,
    types: { getTypeParser: reader as typeof pg.types.getTypeParser },
  });
  // A connection that breaks while nobody uses it; without a listener it would end the process.
  pool.on('error', (error) =>
    log.warn({ err: error }, 'a connection to the database broke; a new one is made'),
  );
  pool.on('connect', (client) => {
    client.on('error', (error) =>
      log.warn({ err: error }, 'a connection to the database broke while in use'),
    );
  });
  try {
    const client = await firstClient(pool, startMs);
    try {
      await migrate(client, log);
    } finally {
      client.release();
    }
  } catch (error) {
    await pool.end();
    throw error;
  }
  let ended: Promise<void> | undefined;
  return {
    kind: 'postgres',
    connections: () => ({
      busy: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    query: (sql, parameters) => ask(pool, sql, parameters),
    transaction: (work) => transaction(pool, work),
    close: () => (ended ??= pool.end()),
  };
}

async function ask<Row>(on: pg.Pool | pg.PoolClient, sql: string, parameters: readonly unknown[] = []) {
  const result = await on.query<Row & pg.QueryResultRow>(sql, [...parameters]);
  return result.rows as readonly Row[];
}

async function transaction<T>(pool: pg.Pool, work: (inside: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const answer = await work({ query: (sql, parameters) => ask(client, sql, parameters) });
    // A transaction whose failed statement was overlooked ends here without having changed anything.
    const { command } = await client.query('commit');
    if (command === 'ROLLBACK')
      throw new StoreError(
        'store/misused',
        'a transaction was rolled back: one of its statements had failed',
      );
    return answer;
  } catch (error) {
    // A connection that cannot even roll back is thrown away; the server rolls back when it is gone.
    await client.query('rollback').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** The first connection, with patience for a server that is starting. */
async function firstClient(pool: pg.Pool, startMs: number): Promise<pg.PoolClient> {
  const end = Date.now() + startMs;
  for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      return await pool.connect();
    } catch (error) {
      if (!isStarting(error) || Date.now() + wait > end) throw unreachable(error);
    }
    await delay(wait);
  }
}

/** Nobody listens yet, or Postgres says that it is starting up (57P03). */
function isStarting(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ENOTFOUND' || sqlState(error) === '57P03';
}

/** The address is left out: it holds the password. */
function unreachable(cause: unknown): StoreError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(
    'store/unreachable',
    `The database that DATABASE_URL names does not let us in: ${why}. Check the address, the user and the password.`,
    { cause },
  );
}

function reader(type: number, format?: 'text' | 'binary'): unknown {
  return readers[type] ?? pg.types.getTypeParser(type, format);
}
