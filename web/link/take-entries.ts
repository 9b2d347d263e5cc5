import { link } from '../../schemas/link/messages.ts';
import type { TenantEvent } from '../api/models/tenant.ts';
import type { Queryable } from '../ports.ts';
import { storableMoment } from '../store/parameters.ts';
import { type Received, stretches } from './stretches.ts';
import { type Told, writeEvents, writeOutcomes, writePieces, writeStatuses } from './write-entries.ts';

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
    `insert into node_outbox (node, outbox, accepted, accepted_at) values ($1, $2, $4, $5)
     on conflict (node, outbox) do update set accepted = excluded.accepted, accepted_at = excluded.accepted_at
     where node_outbox.accepted = $3
     returning accepted`,
    [node, outbox, accepted, last, now],
  );
  if (taken.length === 0) throw new OutOfOrderError(`what follows ${accepted} of ${outbox} is taken already`);
  const events: TenantEvent[] = [];
  for (const stretch of stretches(entries)) events.push(...(await write(inside, node, stretch, now)));
  return events;
}

/** Writes a stretch, each kind at once: kinds have tables of their own, and of what is told twice the last word counts. */
async function write(
  inside: Queryable,
  node: string,
  stretch: readonly Received[],
  now: number,
): Promise<readonly TenantEvent[]> {
  const { statuses, snapshots, outcomes, events } = sorted(stretch, now);
  if (statuses.length > 0) await writeStatuses(inside, node, statuses);
  if (snapshots.length > 0) await writePieces(inside, node, snapshots);
  if (outcomes.length > 0) await writeOutcomes(inside, node, outcomes, now);
  return events.length > 0 ? writeEvents(inside, node, events, now) : [];
}

function sorted(stretch: readonly Received[], now: number) {
  const statuses: Told<'status'>[] = [];
  const snapshots: Told<'snapshot'>[] = [];
  const outcomes: Told<'outcome'>[] = [];
  const events: Told<'event'>[] = [];
  for (const { at: written, entry } of stretch) {
    const at = storableMoment(written, now);
    if (entry.kind === 'status') statuses.push({ at, entry });
    else if (entry.kind === 'snapshot') snapshots.push({ at, entry });
    else if (entry.kind === 'outcome') outcomes.push({ at: storableMoment(entry.result.at, now), entry });
    else events.push({ at: storableMoment(entry.at, now), entry });
  }
  return { statuses, snapshots, outcomes, events };
}

/** The last number of an outbox that is in the store. */
export async function acceptedOf(db: Queryable, node: string, outbox: string): Promise<number> {
  const rows = await db.query<{ accepted: number }>(
    'select accepted from node_outbox where node = $1 and outbox = $2',
    [node, outbox],
  );
  return rows[0]?.accepted ?? 0;
}
