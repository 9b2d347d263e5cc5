/**
 * What a collection differs in from the one that it was made from: 10,000 tenants, one changed, and nobody has to walk
 * all of them to find the one. It is known beside the collections, which stay plain values.
 */

interface Origin {
  readonly id: number;
  /** The collection that it was made from, and the keys under which it holds another value; null for one made from nothing. */
  readonly from: { readonly id: number; readonly keys: ReadonlySet<string> } | null;
}

/** By number: a collection must not keep all those before it in memory. */
const origins = new WeakMap<object, Origin>();
let count = 0;

/** Notes that `after` is `before` with other values under these keys, and under no other. Answers `after`. */
export function madeFrom<T extends object>(before: T, after: T, keys: ReadonlySet<string>): T {
  origins.set(after, { id: ++count, from: { id: idOf(before), keys } });
  return after;
}

/** The keys under which two collections differ, where that is known without a walk; null where it is not. */
export function knownChanges(before: object, after: object): ReadonlySet<string> | null {
  if (before === after) return nothing;
  const from = origins.get(after)?.from;
  return from != null && from.id === origins.get(before)?.id ? from.keys : null;
}

const nothing: ReadonlySet<string> = new Set();

function idOf(collection: object): number {
  const known = origins.get(collection);
  if (known !== undefined) return known.id;
  origins.set(collection, { id: ++count, from: null });
  return count;
}
