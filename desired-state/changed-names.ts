import { own } from '../schemas/own.ts';
import { knownChanges, madeFrom } from './origins.ts';

/** Records by name of which most stay as they are from one revision, or one look, to the next. */

/**
 * A copy of a record with some names changed; undefined takes one out. The record itself when nothing is another. The
 * order of names is kept as long as none comes.
 */
export function withChanged<T>(
  before: Readonly<Record<string, T>>,
  changes: ReadonlyMap<string, T | undefined>,
): Readonly<Record<string, T>> {
  const names = new Set<string>();
  for (const [name, value] of changes) {
    if (own(before, name) !== value) names.add(name);
  }
  if (names.size === 0) return before;
  const after = copyOf(before);
  for (const name of names) {
    const value = changes.get(name);
    if (value === undefined) delete after[name];
    else after[name] = value;
  }
  return madeFrom(before, after, names);
}

/** The names under which two records hold different values, or only one holds any. */
export function changedNames<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): ReadonlySet<string> {
  const known = knownChanges(before, after);
  if (known !== null) return known;
  const names = new Set<string>();
  for (const name of Object.keys(after)) if (before[name] !== after[name]) names.add(name);
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) names.add(name);
  return names;
}

/** With the same prototype: a record without one stays without. Name by name, in half of the time of `Object.assign`. */
function copyOf<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  const prototype = Object.getPrototypeOf(record) as object | null;
  const copy = Object.create(prototype) as Record<string, T | undefined>;
  for (const name in record) copy[name] = record[name];
  return copy as Record<string, T>;
}
