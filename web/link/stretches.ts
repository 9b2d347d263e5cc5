import type { LinkEntry } from '../../schemas/link/messages.ts';

/** An entry as it came over the link. */
export interface Received {
  readonly seq: number;
  readonly from: number;
  /** When the node wrote it, milliseconds since the epoch. */
  readonly at: number;
  readonly entry: LinkEntry;
}

/**
 * Entries in their order, cut where writing them together would come to something else than writing one after the other:
 * after one by which tenants go, and where the node has gone on to another revision, with which its tenants go. Pure.
 */
export function stretches(entries: readonly Received[]): Received[][] {
  const found: Received[][] = [];
  let open: Received[] | null = null;
  let base: string | null = null;
  for (const received of entries) {
    const { entry } = received;
    const isStatus = entry.kind === 'status';
    if (isStatus && base !== null && entry.head.baseRevision !== base) open = null;
    if (isStatus) base = entry.head.baseRevision;
    if (open === null) {
      open = [];
      found.push(open);
    }
    open.push(received);
    if (isStatus || entry.kind === 'snapshot') {
      if (entry.removed.length > 0 || entry.present !== undefined) open = null;
    }
  }
  return found;
}
