import type { TenantEvent } from '../api/models/tenant.ts';
import type { Queryable } from '../ports.ts';

/**
 * What happened to a tenant, newest first.
 *
 * @param before only what came before the event of this id; null: the newest
 */
export async function eventsOf(
  db: Queryable,
  tenant: string,
  { limit, before }: { readonly limit: number; readonly before: number | null },
): Promise<{ readonly items: TenantEvent[]; readonly next: number | null }> {
  const rows = await db.query<TenantEvent>(
    `select id, at, node, tenant, type, data from node_event
     where tenant = $1 and ($2::bigint is null or id < $2) order by id desc limit $3`,
    [tenant, before, limit + 1],
  );
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
