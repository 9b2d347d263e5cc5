import { knownChanges, madeFrom } from '../origins.ts';

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
 * in order again. The map itself when nothing is another.
 */
export function withChanges<V>(
  map: ReadonlyMap<string, V>,
  changes: ReadonlyMap<string, V | undefined>,
): ReadonlyMap<string, V> {
  const keys = new Set<string>();
  const added: [string, V][] = [];
  for (const [key, value] of changes) {
    const came = value !== undefined && !map.has(key);
    if (!came && map.get(key) === value) continue;
    keys.add(key);
    if (came) added.push([key, value]);
  }
  if (keys.size === 0) return map;
  const copy = new Map(map);
  for (const key of keys) {
    const value = changes.get(key);
    if (value === undefined) copy.delete(key);
    else if (map.has(key)) copy.set(key, value);
  }
  return madeFrom(map, merged(copy, added), keys);
}

/** A map with its keys in order, and what is to come to it. */
function merged<V>(map: ReadonlyMap<string, V>, added: [string, V][]): ReadonlyMap<string, V> {
  if (added.length === 0) return map;
  added.sort(([a], [b]) => byCodeUnits(a, b));
  const all = new Map<string, V>();
  let next = 0;
  for (const [key, value] of map) {
    for (let first = added[next]; first !== undefined && first[0] < key; first = added[next]) {
      all.set(first[0], first[1]);
      next += 1;
    }
    all.set(key, value);
  }
  for (const [key, value] of added.slice(next)) all.set(key, value);
  return all;
}

/** The keys under which two maps hold different values, or only one holds any. */
export function changedKeys<V>(
  before: ReadonlyMap<string, V>,
  after: ReadonlyMap<string, V>,
): ReadonlySet<string> {
  const known = knownChanges(before, after);
  if (known !== null) return known;
  const keys = new Set<string>();
  for (const [key, value] of after) if (before.get(key) !== value || !before.has(key)) keys.add(key);
  for (const key of before.keys()) if (!after.has(key)) keys.add(key);
  return keys;
}
