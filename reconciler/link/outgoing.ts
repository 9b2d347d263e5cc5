import type { Place, StoredEntry } from './segment.ts';

/** An entry to send; `from` where it stands for numbers whose entries are gone. */
export interface OutgoingEntry extends StoredEntry {
  readonly from?: number;
}

/** The places after a number, until they hold so many bytes; at least one. */
export function within(places: readonly Place[], after: number, maxBytes: number): readonly Place[] {
  const begin = places.findIndex(({ seq }) => seq > after);
  if (begin === -1) return [];
  let bytes = 0;
  let end = begin;
  while (end < places.length && bytes < maxBytes) {
    bytes += places[end]?.length ?? 0;
    end += 1;
  }
  return places.slice(begin, end);
}

/** Stands in the place of entries that are gone. */
export function lostNote(from: number, to: number, at: number): OutgoingEntry {
  const entry = { kind: 'event', tenant: null, at, type: 'outbox/lost', data: { from, to } };
  return { seq: to, from, at, entry: JSON.stringify(entry) };
}
