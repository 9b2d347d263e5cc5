import { pino } from 'pino';
import { openDatabase } from '../../../web/store/database.ts';
import type { FleetSaid } from './fleet-main.ts';

/** What is not in the store as the nodes told it. */
export interface Loss {
  readonly statuses: number;
  readonly outcomes: number;
}

/**
 * Compares a store with what was told. The control node must have ended: the embedded store has one owner.
 *
 * @param where the folder of the embedded store, and null; or the address of a Postgres
 */
export async function lossOf(
  said: FleetSaid,
  { dir, databaseUrl }: { readonly dir: string; readonly databaseUrl: string | null },
): Promise<Loss> {
  const url = databaseUrl === null ? {} : { url: databaseUrl };
  const db = await openDatabase({ dir, log: pino({ level: 'silent' }), ...url });
  try {
    const kept = await db.query<{ tenant: string; phase: string; since: number }>(
      `select tenant, status ->> 'phase' as phase, (status ->> 'since')::bigint as since from tenant_status`,
    );
    const right = kept.filter(
      ({ tenant, phase, since }) => phase === 'InSync' && said.since.get(tenant) === since,
    );
    const counts = await db.query<{ count: number }>(
      `select count(*) as count from node_outcome
       union all select count(distinct (tenant, at)) from node_outcome`,
    );
    return {
      statuses: Math.max(said.since.size, kept.length) - right.length,
      outcomes: Math.max(...counts.map(({ count }) => Math.abs(count - said.outcomes))),
    };
  } finally {
    await db.close();
  }
}
