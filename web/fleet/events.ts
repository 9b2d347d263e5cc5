import type { TenantEvent } from '../api/models/tenant.ts';
import type { Queryable } from '../ports.ts';

export const eventKinds = ['container', 'pairing'] as const;
export type EventKind = (typeof eventKinds)[number];

/** What the engine tells has `container/` before its name; the bridge's own words have nothing. */
const isOfKind: Readonly<Record<EventKind, string>> = {
  container: "starts_with(type, 'container/')",
  pairing: "strpos(type, '/') = 0",
};

/** Nodes that have had a tenant: those on which Git has placed it, and those on which it ran. */
export const nodesThatHad = (tenant: string): string =>
  `select had.node from commit_tenant had where had.tenant = ${tenant}
   union select ran.node from tenant_run ran where ran.tenant = ${tenant}`;

/**
 * What happened to a tenant, newest first, as the nodes tell that have it or had it: what another one says of it, nobody
 * is shown.
 *
 * @param place the node on which Git places it now; null where Git does not know it
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
    place,
  }: {
    readonly limit: number;
    readonly before: number | null;
    readonly kind: EventKind | null;
    readonly place: string | null;
  },
): Promise<{ readonly items: TenantEvent[]; readonly next: number | null }> {
  const rows = await db.query<TenantEvent>(
    `select id, at, node, tenant, type, data from node_event
     where tenant = $1 and ($2::bigint is null or id < $2) and ${kind === null ? 'true' : isOfKind[kind]}
       and (node = $4 or node in (${nodesThatHad('$1')}))
     order by id desc limit $3`,
    [tenant, before, limit + 1, place],
  );
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
