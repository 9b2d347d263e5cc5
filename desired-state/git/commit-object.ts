import { MAX_COMMIT_BYTES } from './limits.ts';
import type { Commit, Person } from './port.ts';

/**
 * Reads a commit object as Git stores it: header lines, an empty line, the message. Whoever wrote it may have written
 * anything: what is not there is empty, what is not a date is the beginning of time, and bytes that are no text become
 * U+FFFD. Pure.
 * @param content the object, or as much of it as is looked at
 * @returns `parents` are those named within the first `MAX_COMMIT_BYTES`; the message is cut there too
 */
export function parseCommitObject(oid: string, content: Buffer): Commit {
  const bytes = content.subarray(0, MAX_COMMIT_BYTES);
  const gap = bytes.indexOf('\n\n');
  const head = gap === -1 ? bytes : bytes.subarray(0, gap);
  const latin = head.toString('latin1');
  const decode = decoder(/^encoding (\S+)$/m.exec(latin)?.[1]);
  const header = decode(head);
  const line = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(header)?.[1] ?? '';
  return {
    oid,
    parents: [...latin.matchAll(/^parent ([0-9a-f]{40})$/gm)].flatMap(([, parent]) => parent ?? []),
    author: person(line('author')),
    time: seconds(line('committer')) * 1000,
    message:
      gap === -1
        ? ''
        : decode(bytes.subarray(gap + 2))
            .replaceAll('\0', '')
            .trimEnd(),
  };
}

/** The tree that a commit object names, or null. */
export function treeIdOf(content: Buffer): string | null {
  return /^tree ([0-9a-f]{40})\n/.exec(content.toString('latin1', 0, 64))?.[1] ?? null;
}

function person(line: string): Person {
  const end = line.lastIndexOf('>');
  const start = line.lastIndexOf('<', end);
  if (start === -1 || end === -1) return { name: '', email: '' };
  return { name: line.slice(0, start).trim(), email: line.slice(start + 1, end).trim() };
}

/** Seconds since the epoch; 0 for what is none, and for dates that JavaScript cannot hold. */
function seconds(line: string): number {
  const found = Number(/> (\d{1,16})(?: |$)/.exec(line)?.[1] ?? 0);
  return found * 1000 <= 8.64e15 ? found : 0;
}

function decoder(encoding: string | undefined): (bytes: Buffer) => string {
  const text = new TextDecoder(isEncoding(encoding) ? encoding : 'utf-8');
  return (bytes) => text.decode(bytes);
}

function isEncoding(label: string | undefined): label is string {
  if (label === undefined) return false;
  try {
    return new TextDecoder(label).encoding !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
