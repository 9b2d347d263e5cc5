/** The order of all names and paths: by code units, so that it is the same everywhere. */
export function byCodeUnits(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}

/** A map with its keys in order. */
export function sortedMap<V>(entries: Iterable<readonly [string, V]>): Map<string, V> {
  return new Map([...entries].sort(([a], [b]) => byCodeUnits(a, b)));
}

/**
 * A copy of a map whose keys are in order, with some of them changed: undefined takes one out. The keys of the copy are
 * in order again.
 */
export function withChanges<V>(
  map: ReadonlyMap<string, V>,
  changes: ReadonlyMap<string, V | undefined>,
): Map<string, V> {
  const added = [...changes].flatMap(([key, value]): [string, V][] =>
    value === undefined || map.has(key) ? [] : [[key, value]],
  );
  const copy = new Map(map);
  for (const [key, value] of changes) {
    if (value === undefined) copy.delete(key);
    else if (map.has(key)) copy.set(key, value);
  }
  if (added.length === 0) return copy;
  added.sort(([a], [b]) => byCodeUnits(a, b));
  const merged = new Map<string, V>();
  let next = 0;
  for (const [key, value] of copy) {
    for (let first = added[next]; first !== undefined && first[0] < key; first = added[next]) {
      merged.set(first[0], first[1]);
      next += 1;
    }
    merged.set(key, value);
  }
  for (const [key, value] of added.slice(next)) merged.set(key, value);
  return merged;
}

/** Adds to `changes` what is in one map and not in the other any more. */
export function noteGone<V>(
  before: ReadonlyMap<string, V>,
  now: ReadonlyMap<string, unknown>,
  changes: Map<string, V | undefined>,
): void {
  let came = 0;
  for (const name of changes.keys()) if (!before.has(name)) came += 1;
  // Usually nobody has gone, and the numbers tell it.
  if (before.size + came === now.size) return;
  for (const name of before.keys()) if (!now.has(name)) changes.set(name, undefined);
}
