import type { TenantEvent } from '../api/models/tenant.ts';
import type { Queryable } from '../ports.ts';

export const eventKinds = ['container', 'pairing'] as const;
export type EventKind = (typeof eventKinds)[number];

/** What the engine tells has `container/` before its name; the bridge's own words have nothing. */
const isOfKind: Readonly<Record<EventKind, string>> = {
  container: "starts_with(type, 'container/')",
  pairing: "strpos(type, '/') = 0",
};

/**
 * What happened to a tenant, newest first.
 *
 * @param before only what came before the event of this id; null: the newest
 * @param kind only such events; null: all
 */
export async function eventsOf(
  db: Queryable,
  tenant: string,
  {
    limit,
    before,
    kind,
  }: { readonly limit: number; readonly before: number | null; readonly kind: EventKind | null },
): Promise<{ readonly items: TenantEvent[]; readonly next: number | null }> {
  const rows = await db.query<TenantEvent>(
    `select id, at, node, tenant, type, data from node_event
     where tenant = $1 and ($2::bigint is null or id < $2) and ${kind === null ? 'true' : isOfKind[kind]}
     order by id desc limit $3`,
    [tenant, before, limit + 1],
  );
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
