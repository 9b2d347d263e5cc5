import { createHash } from 'node:crypto';

/** An entry of the outbox as it lies on disk; `entry` is JSON text, sent as it is. */
export interface StoredEntry {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly entry: string;
}

/** Where an entry's line is in its file. */
export interface Place {
  readonly seq: number;
  readonly offset: number;
  readonly length: number;
}

/** What a file of the outbox holds that can be believed. */
export interface SegmentContent {
  readonly places: readonly Place[];
  /** Bytes up to the end of the last whole line. */
  readonly end: number;
  /** Whether there is anything else: lines that do not fit their checksum, or bytes after the last one that does. */
  readonly damaged: boolean;
}

/** A line: number, time, checksum of both with the entry, entry. JSON text has no line breaks. */
export function encodeLine({ seq, at, entry }: StoredEntry): Buffer {
  return Buffer.from(`${seq} ${at} ${checksum(seq, at, entry)} ${entry}\n`);
}

/** Null when it is no line as `encodeLine` makes them. */
export function decodeLine(line: string): StoredEntry | null {
  const parts = /^(\d{1,16}) (\d{1,16}) ([0-9a-f]{16}) (.*)\n$/s.exec(line);
  if (parts === null) return null;
  const [, number, time, sum, entry = ''] = parts;
  const seq = Number(number);
  const at = Number(time);
  return checksum(seq, at, entry) === sum ? { seq, at, entry } : null;
}

/**
 * Finds the entries of a file, whatever has been done to it.
 *
 * @param after entries up to this number are elsewhere already: one that comes again is not believed
 */
export function readSegment(bytes: Buffer, after: number): SegmentContent {
  const places: Place[] = [];
  let last = after;
  let end = 0;
  let damaged = false;
  for (let offset = 0; offset < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, offset);
    const next = newline === -1 ? bytes.length : newline + 1;
    const found = decodeLine(bytes.toString('utf8', offset, next));
    if (found !== null && found.seq > last) {
      places.push({ seq: found.seq, offset, length: next - offset });
      last = found.seq;
      end = next;
    } else damaged = true;
    offset = next;
  }
  return { places, end, damaged };
}

function checksum(seq: number, at: number, entry: string): string {
  return createHash('sha256').update(`${seq} ${at} ${entry}`).digest('hex').slice(0, 16);
}
