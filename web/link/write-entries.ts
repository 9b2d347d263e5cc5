import { isSharedPiece, isTenantPiece } from '../../schemas/link/decode.ts';
import type { LinkEntry } from '../../schemas/link/messages.ts';
import type { TenantEvent } from '../api/models/tenant.ts';
import type { Queryable } from '../ports.ts';
import { asJson } from '../store/parameters.ts';

/** An entry of one kind, and when it was written, as a column can hold it. */
export interface Told<Kind extends LinkEntry['kind']> {
  readonly at: number;
  readonly entry: Extract<LinkEntry, { kind: Kind }>;
}

/** @param told at least one, all of one `baseRevision`; tenants go by none but the last */
export async function writeStatuses(
  inside: Queryable,
  node: string,
  told: readonly Told<'status'>[],
): Promise<void> {
  const last = told.at(-1);
  if (last === undefined) return;
  const { head, removed, present } = last.entry;
  const [before] = await inside.query<{ base: string | null }>(
    `update node set head = $2, head_at = $3, last_seen = $3
     from (select head ->> 'baseRevision' as base from node where name = $1) as before
     where name = $1 returning before.base`,
    [node, asJson(head), last.at],
  );
  // Whoever was at the node's revision goes with it.
  if (before !== undefined && before.base !== null && before.base !== head.baseRevision) {
    await inside.query('update tenant_status set revision = $3 where node = $1 and revision = $2', [
      node,
      before.base,
      head.baseRevision,
    ]);
  }
  const rows = newest(
    told.flatMap(({ at, entry }) => entry.tenants.map((status) => ({ at, status, tenant: status.tenant }))),
  );
  if (rows.length > 0) {
    await inside.query(
      `insert into tenant_status (node, tenant, revision, status, at)
       select $1, given.tenant, given.revision, given.status::jsonb, given.at
       from unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) as given (tenant, revision, status, at)
       on conflict (node, tenant) do update
       set revision = excluded.revision, status = excluded.status, at = excluded.at`,
      [
        node,
        rows.map(({ tenant }) => tenant),
        rows.map(({ status }) => status.revision),
        rows.map(({ status }) => asJson(status)),
        rows.map(({ at }) => at),
      ],
    );
  }
  await removeFrom(inside, 'tenant_status', node, removed, present);
}

/**
 * A piece that planning could not read is kept as null: then the node counts as one that has published nothing, until it
 * says it better. Refusing it would stop the link at it for good.
 *
 * @param told at least one; tenants go by none but the last
 */
export async function writePieces(
  inside: Queryable,
  node: string,
  told: readonly Told<'snapshot'>[],
): Promise<void> {
  const rows = newest(
    told.flatMap(({ at, entry: { tenants, shared } }) =>
      [
        ...tenants.map((piece) => ({ ...piece, value: isTenantPiece(piece.value) ? piece.value : null })),
        ...(shared === undefined
          ? []
          : [{ tenant: '', ...shared, value: isSharedPiece(shared.value) ? shared.value : null }]),
      ].map((piece) => ({ at, ...piece })),
    ),
  );
  if (rows.length > 0) {
    await inside.query(
      `insert into snapshot_piece (node, tenant, digest, value, at)
       select $1, given.tenant, given.digest, given.value::jsonb, given.at
       from unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) as given (tenant, digest, value, at)
       on conflict (node, tenant) do update
       set digest = excluded.digest, value = excluded.value, at = excluded.at`,
      [
        node,
        rows.map(({ tenant }) => tenant),
        rows.map(({ digest }) => digest),
        rows.map(({ value }) => asJson(value)),
        rows.map(({ at }) => at),
      ],
    );
  }
  const last = told.at(-1);
  if (last !== undefined)
    await removeFrom(inside, 'snapshot_piece', node, last.entry.removed, last.entry.present);
}

export async function writeOutcomes(
  inside: Queryable,
  node: string,
  told: readonly Told<'outcome'>[],
  now: number,
): Promise<void> {
  const results = told.map(({ entry }) => entry.result);
  await inside.query(
    `insert into node_outcome (node, tenant, revision, at, outcome, received_at)
     select $1, given.tenant, given.revision, given.at, given.outcome::jsonb, $6
     from unnest($2::text[], $3::text[], $4::bigint[], $5::text[])
       with ordinality as given (tenant, revision, at, outcome, place)
     order by given.place`,
    [
      node,
      results.map(({ tenant }) => tenant),
      results.map(({ revision }) => revision),
      told.map(({ at }) => at),
      results.map(asJson),
      now,
    ],
  );
}

/** @returns those that were not known yet */
export async function writeEvents(
  inside: Queryable,
  node: string,
  told: readonly Told<'event'>[],
  now: number,
): Promise<readonly TenantEvent[]> {
  const events = told.map(({ entry }) => entry);
  return inside.query<TenantEvent>(
    `insert into node_event (node, tenant, at, type, data, once, received_at)
     select $1, given.tenant, given.at, given.type, given.data::jsonb, given.once, $7
     from unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[])
       with ordinality as given (tenant, at, type, data, once, place)
     order by given.place
     on conflict (node, once) do nothing returning id, at, node, tenant, type, data`,
    [
      node,
      events.map(({ tenant }) => tenant),
      told.map(({ at }) => at),
      events.map(({ type }) => type),
      events.map(({ data }) => asJson(data)),
      events.map(({ once }) => once ?? null),
      now,
    ],
  );
}

/** The last row of each tenant: one statement cannot write a row twice. */
function newest<Row extends { readonly tenant: string }>(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [row.tenant, row])).values()];
}

/** Rows of tenants that are gone, and where all that are there were named, of all others. */
async function removeFrom(
  inside: Queryable,
  table: 'tenant_status' | 'snapshot_piece',
  node: string,
  removed: readonly string[],
  present: readonly string[] | undefined,
): Promise<void> {
  if (removed.length > 0) {
    await inside.query(`delete from ${table} where node = $1 and tenant = any($2::text[])`, [
      node,
      [...removed],
    ]);
  }
  if (present !== undefined) {
    // The shared piece is nobody's.
    await inside.query(`delete from ${table} where node = $1 and tenant <> all($2::text[])`, [
      node,
      [...present, ''],
    ]);
  }
}
