import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile, syncFolder } from '../adapters/durable-write.ts';
import { decodeLine, encodeLine, type Place, readSegment, type StoredEntry } from './segment.ts';

/** A file of the outbox. */
export interface Segment {
  readonly path: string;
  /** Bytes that hold entries; what is written next begins there. */
  size: number;
  /** Entries that are not accepted yet, in order. */
  readonly places: Place[];
}

export interface OpenedFiles {
  /** Name of the outbox: `g<generation>-<random>`. */
  readonly name: string;
  readonly segments: Segment[];
  /** Number of the last entry that is or was there. */
  readonly last: number;
  /** Whether the end of the last file was cut off or cannot be believed. */
  readonly torn: boolean;
}

const file = /^(g(\d{1,9})-[0-9a-f]{8})\.(\d{12})\.log$/;
const privateMode = 0o600;

/** Reads what is in the folder; of several outboxes the newest, the others are what was left of a change of names. */
export async function openFiles(dir: string): Promise<OpenedFiles> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const names = (await readdir(dir)).flatMap((entry) => {
    const [, name, generation, first] = file.exec(entry) ?? [];
    if (name === undefined) return [];
    return [{ path: join(dir, entry), name, generation: Number(generation), first: Number(first) }];
  });
  const newest = Math.max(0, ...names.map(({ generation }) => generation));
  for (const { path } of names.filter(({ generation }) => generation < newest)) await rm(path);
  const [current] = names.filter(({ generation }) => generation === newest);
  if (current === undefined) return { name: newName(0), segments: [], last: 0, torn: false };
  const own = names.filter(({ name }) => name === current.name).sort((a, b) => a.first - b.first);
  const segments: Segment[] = [];
  let last = 0;
  let torn = false;
  for (const { path, first } of own) {
    last = Math.max(last, first - 1);
    const { places, end, damaged } = readSegment(await readFile(path), last);
    segments.push({ path, size: end, places: [...places] });
    last = places.at(-1)?.seq ?? last;
    torn = damaged;
  }
  // What cannot be believed at the end would stand in the way of what is written next.
  const tail = segments.at(-1);
  if (torn && tail !== undefined) await truncate(tail.path, tail.size);
  return { name: current.name, segments, last, torn };
}

/** The name after this one. */
export function nextName(name: string): string {
  return newName(Number(/^g(\d+)-/.exec(name)?.[1] ?? 0));
}

function newName(generation: number): string {
  return `g${generation + 1}-${randomBytes(4).toString('hex')}`;
}

/** Begins an empty file; its name lasts. */
export async function beginSegment(dir: string, name: string, first: number): Promise<Segment> {
  const path = pathOf(dir, name, first);
  const handle = await open(path, 'a', privateMode);
  await handle.close();
  await syncFolder(dir);
  return { path, size: 0, places: [] };
}

/** A whole file at once: afterwards all of it is there, or nothing. */
export async function writeSegment(
  dir: string,
  name: string,
  entries: readonly StoredEntry[],
): Promise<Segment> {
  const lines = entries.map(encodeLine);
  const path = pathOf(dir, name, entries[0]?.seq ?? 1);
  await replaceFile(`${path}.new`, path, Buffer.concat(lines), privateMode);
  return { path, ...placesOf(entries, lines, 0) };
}

/** Adds the entries' lines at the end, synced. When that fails, the file is as it was before. */
export async function extendSegment(segment: Segment, entries: readonly StoredEntry[]): Promise<void> {
  const lines = entries.map(encodeLine);
  const bytes = Buffer.concat(lines);
  const handle = await open(segment.path, 'r+');
  try {
    try {
      for (let done = 0; done < bytes.length; ) {
        const at = segment.size + done;
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at);
        done += bytesWritten;
      }
      await handle.datasync();
    } catch (error) {
      await handle.truncate(segment.size);
      throw error;
    }
  } finally {
    await handle.close();
  }
  const { places, size } = placesOf(entries, lines, segment.size);
  segment.places.push(...places);
  segment.size = size;
}

/** What is at these places, which are in order; null for an entry that is not what was written there. */
export async function readPlaces(
  { path }: Segment,
  places: readonly Place[],
): Promise<(StoredEntry | null)[]> {
  const from = places[0]?.offset ?? 0;
  const to = (places.at(-1)?.offset ?? 0) + (places.at(-1)?.length ?? 0);
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from);
    return places.map(({ seq, offset, length }) => {
      const start = offset - from;
      const end = Math.min(start + length, bytesRead);
      const entry = decodeLine(buffer.toString('utf8', start, end));
      return entry?.seq === seq ? entry : null;
    });
  } finally {
    await handle.close();
  }
}

function placesOf(
  entries: readonly StoredEntry[],
  lines: readonly Buffer[],
  from: number,
): { places: Place[]; size: number } {
  let offset = from;
  const places = entries.map(({ seq }, index): Place => {
    const length = lines[index]?.length ?? 0;
    offset += length;
    return { seq, offset: offset - length, length };
  });
  return { places, size: offset };
}

function pathOf(dir: string, name: string, first: number): string {
  return join(dir, `${name}.${String(first).padStart(12, '0')}.log`);
}
