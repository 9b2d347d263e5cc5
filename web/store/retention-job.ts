import type { Log } from '../log.ts';
import type { Database, Stop } from '../ports.ts';
import type { Retention } from './retention.ts';
import type { StoreMetrics } from './store-metrics.ts';

const DAY_MS = 86_400_000;
/** Rows of one statement: the embedded store serves nobody else while it runs. */
const BATCH = 2_000;
const EVERY_MS = 3_600_000;

/**
 * Deletes what is older than its table's time, batch by batch.
 *
 * @param now milliseconds since the epoch
 * @returns rows deleted, by table; tables that lost none are left out
 */
export async function deleteOld(
  database: Database,
  retentions: readonly Retention[],
  now: number,
): Promise<Readonly<Record<string, number>>> {
  const deleted: Record<string, number> = {};
  for (const { table, column, days, unless } of retentions) {
    const still = unless === undefined ? '' : ` and not (${unless})`;
    const sql =
      `with gone_by as (select ctid from "${table}" as old where "${column}" < $1${still} limit ${BATCH}), ` +
      `gone as (delete from "${table}" where ctid in (select ctid from gone_by) returning 1) ` +
      'select count(*) as n from gone';
    for (let last = BATCH; last === BATCH; ) {
      const rows = await database.query<{ n: number }>(sql, [now - days * DAY_MS]);
      last = rows[0]?.n ?? 0;
      if (last > 0) deleted[table] = (deleted[table] ?? 0) + last;
    }
  }
  return deleted;
}

/** Deletes now and then hourly. A failure is logged and tried again at the next time. */
export function keepDeletingOld(store: StoreMetrics, retentions: readonly Retention[], log: Log): Stop {
  const run = (): void => {
    deleteOld(store.database, retentions, Date.now()).then(
      (deleted) => {
        store.retained(deleted);
        store.retentionEnded('done');
        if (Object.keys(deleted).length > 0) log.info({ deleted }, 'old rows were deleted from the store');
      },
      (error: unknown) => {
        store.retentionEnded('failed');
        log.warn({ err: error }, 'old rows could not be deleted from the store');
      },
    );
  };
  run();
  const timer = setInterval(run, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
