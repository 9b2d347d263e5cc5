import type { LinkEntry } from '../../schemas/link/messages.ts';
import { link } from '../../schemas/link/messages.ts';
import type { TenantEvent } from '../api/models/tenant.ts';
import type { Queryable } from '../ports.ts';
import { asJson } from '../store/parameters.ts';

/** An entry as it came over the link. */
export interface Received {
  readonly seq: number;
  readonly from: number;
  /** When the node wrote it, milliseconds since the epoch. */
  readonly at: number;
  readonly entry: LinkEntry;
}

/** Which outbox of which node, and up to where it is in the store. */
export interface Position {
  readonly node: string;
  readonly outbox: string;
  readonly accepted: number;
}

/** The entries do not follow what is in the store: another link of the same node has taken them, or one is missing. */
export class OutOfOrderError extends Error {
  readonly closeCode = link.refused;
}

/**
 * Writes entries of one outbox, in their order, in the transaction that says that they are there: none is lost and none
 * taken twice, however often they are sent.
 *
 * @param now by this machine's clock, milliseconds since the epoch
 * @returns the events among them that were not known yet
 */
export async function takeEntries(
  inside: Queryable,
  position: Position,
  entries: readonly Received[],
  now: number,
): Promise<TenantEvent[]> {
  const { node, outbox, accepted } = position;
  let last = accepted;
  for (const { seq, from } of entries) {
    if (from !== last + 1 || seq < from) {
      throw new OutOfOrderError(`after ${last} of ${outbox} comes ${last + 1}, not ${from} to ${seq}`);
    }
    last = seq;
  }
  const taken = await inside.query(
    `insert into node_outbox (node, outbox, accepted) values ($1, $2, $4)
     on conflict (node, outbox) do update set accepted = excluded.accepted where node_outbox.accepted = $3
     returning accepted`,
    [node, outbox, accepted, last],
  );
  if (taken.length === 0) throw new OutOfOrderError(`what follows ${accepted} of ${outbox} is taken already`);
  const events: TenantEvent[] = [];
  for (let index = 0; index < entries.length; ) {
    const run = eventsFrom(entries, index);
    if (run.length > 0) events.push(...(await takeEvents(inside, node, run, now)));
    else await takeOne(inside, node, entries[index], now);
    index += Math.max(1, run.length);
  }
  return events;
}

type EventEntry = Extract<LinkEntry, { kind: 'event' }>;

/** Events that follow each other, from here on: they are written together. */
function eventsFrom(entries: readonly Received[], index: number): EventEntry[] {
  const run: EventEntry[] = [];
  for (
    let entry = entries[index]?.entry;
    entry?.kind === 'event';
    entry = entries[index + run.length]?.entry
  ) {
    run.push(entry);
  }
  return run;
}

/** The last number of an outbox that is in the store. */
export async function acceptedOf(db: Queryable, node: string, outbox: string): Promise<number> {
  const rows = await db.query<{ accepted: number }>(
    'select accepted from node_outbox where node = $1 and outbox = $2',
    [node, outbox],
  );
  return rows[0]?.accepted ?? 0;
}

/** A node's clock may say anything; what no column can hold is now. */
function storable(at: number, now: number): number {
  const whole = Math.round(at);
  return Number.isSafeInteger(whole) ? whole : now;
}

async function takeOne(
  inside: Queryable,
  node: string,
  received: Received | undefined,
  now: number,
): Promise<void> {
  if (received === undefined) return;
  const { entry } = received;
  const at = storable(received.at, now);
  if (entry.kind === 'status') return takeStatuses(inside, node, entry, at);
  if (entry.kind === 'snapshot') return takePieces(inside, node, entry, at);
  if (entry.kind === 'event') return void (await takeEvents(inside, node, [entry], now));
  const { tenant, revision, at: ended } = entry.result;
  await inside.query(
    `insert into node_outcome (node, tenant, revision, at, outcome, received_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [node, tenant, revision, storable(ended, now), asJson(entry.result), now],
  );
}

async function takeStatuses(
  inside: Queryable,
  node: string,
  { head, tenants, removed, present }: Extract<LinkEntry, { kind: 'status' }>,
  at: number,
): Promise<void> {
  const statuses = [...new Map(tenants.map((status) => [status.tenant, status])).values()];
  const names = statuses.map(({ tenant }) => tenant);
  // Whoever was at the node's revision goes with it.
  await inside.query(
    `update tenant_status set revision = $2
     from (select head ->> 'baseRevision' as base from node where name = $1) as before
     where node = $1 and revision = before.base and before.base <> $2`,
    [node, head.baseRevision],
  );
  await inside.query('update node set head = $2, head_at = $3, last_seen = $3 where name = $1', [
    node,
    asJson(head),
    at,
  ]);
  if (names.length > 0) {
    await inside.query(
      `insert into tenant_status (node, tenant, revision, status, at)
       select $1, given.tenant, given.revision, given.status::jsonb, $5
       from unnest($2::text[], $3::text[], $4::text[]) as given (tenant, revision, status)
       on conflict (node, tenant) do update
       set revision = excluded.revision, status = excluded.status, at = excluded.at`,
      [node, names, statuses.map(({ revision }) => revision), statuses.map(asJson), at],
    );
  }
  await removeFrom(inside, 'tenant_status', node, removed, present);
}

async function takePieces(
  inside: Queryable,
  node: string,
  { shared, tenants, removed, present }: Extract<LinkEntry, { kind: 'snapshot' }>,
  at: number,
): Promise<void> {
  const given = [...tenants, ...(shared === undefined ? [] : [{ tenant: '', ...shared }])];
  const pieces = [...new Map(given.map((piece) => [piece.tenant, piece])).values()];
  if (pieces.length > 0) {
    await inside.query(
      `insert into snapshot_piece (node, tenant, digest, value, at)
       select $1, given.tenant, given.digest, given.value::jsonb, $5
       from unnest($2::text[], $3::text[], $4::text[]) as given (tenant, digest, value)
       on conflict (node, tenant) do update
       set digest = excluded.digest, value = excluded.value, at = excluded.at`,
      [
        node,
        pieces.map(({ tenant }) => tenant),
        pieces.map(({ digest }) => digest),
        pieces.map(({ value }) => asJson(value)),
        at,
      ],
    );
  }
  await removeFrom(inside, 'snapshot_piece', node, removed, present);
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

/** @returns those that were not known yet */
async function takeEvents(
  inside: Queryable,
  node: string,
  events: readonly EventEntry[],
  now: number,
): Promise<readonly TenantEvent[]> {
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
      events.map(({ at }) => storable(at, now)),
      events.map(({ type }) => type),
      events.map(({ data }) => asJson(data)),
      events.map(({ once }) => once ?? null),
      now,
    ],
  );
}
