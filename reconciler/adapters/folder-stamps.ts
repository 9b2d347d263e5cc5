import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from './docker-errors.ts';

/** A file that changed so recently may change again without its times showing it. */
const SETTLED_MS = 200;

/** How many numbers stand for one entry. */
const WIDTH = 5;

/** What tells whether a folder is as it was: everything in it with mode, inode, size and times. */
export interface FolderStamps {
  /** `.` for the folder itself, then all that is in it, sorted. */
  readonly paths: readonly string[];
  readonly numbers: Float64Array;
  readonly stats: readonly Stats[];
}

/**
 * Looks at a folder without reading a file; links are not followed. Null when there is no folder.
 *
 * Synchronous on purpose: each of these calls is answered from the kernel's caches in microseconds, and by way of the
 * thread pool each would cost ten times as much. Who looks at many folders lets others run in between.
 */
export function stampsOf(folder: string): FolderStamps | null {
  const own = statOf(folder);
  if (own === null || !own.isDirectory()) return null;
  const found: [string, Stats][] = [];
  walk(folder, '', found);
  found.sort(([a], [b]) => (a < b ? -1 : 1));
  const entries: readonly [string, Stats][] = [['.', own], ...found];
  const numbers = new Float64Array(entries.length * WIDTH);
  const unsettled = Date.now() - SETTLED_MS;
  for (const [at, [, { mode, ino, size, mtimeMs, ctimeMs }]] of entries.entries()) {
    // What is not settled equals nothing, not even itself.
    const ctime = ctimeMs >= unsettled ? Number.NaN : ctimeMs;
    numbers.set([mode, ino, size, mtimeMs, ctime], at * WIDTH);
  }
  return { paths: entries.map(([path]) => path), numbers, stats: entries.map(([, stat]) => stat) };
}

export function sameStamps(a: FolderStamps, b: FolderStamps): boolean {
  return (
    a.paths.length === b.paths.length &&
    a.paths.every((path, at) => path === b.paths[at]) &&
    a.numbers.every((number, at) => number === b.numbers[at])
  );
}

/** Whether the entry at this place of `b` is in `a` as it is. */
export function sameAt(a: FolderStamps, b: FolderStamps, at: number): boolean {
  const there = a.paths.indexOf(b.paths[at] ?? '');
  if (there === -1) return false;
  const before = a.numbers.subarray(there * WIDTH, (there + 1) * WIDTH);
  return before.every((number, place) => number === b.numbers[at * WIDTH + place]);
}

/** What has to be kept to compare with later. */
export function withoutStats({ paths, numbers }: FolderStamps): FolderStamps {
  return { paths, numbers, stats: [] };
}

function walk(folder: string, prefix: string, found: [string, Stats][]): void {
  for (const name of namesIn(join(folder, prefix))) {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    const stat = statOf(join(folder, path));
    if (stat === null) continue;
    found.push([path, stat]);
    if (stat.isDirectory()) walk(folder, path, found);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    return emptyIfMissing(error, []);
  }
}

function statOf(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    return emptyIfMissing(error, null);
  }
}

/** Something that another hand removed meanwhile is simply not there. */
function emptyIfMissing<T>(error: unknown, empty: T): T {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return empty;
  throw error;
}
