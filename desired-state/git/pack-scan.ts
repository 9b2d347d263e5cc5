import { inflateSync } from 'node:zlib';
import { GitError } from './errors.ts';
import { IN_MEMORY } from './limits.ts';

/** Types of entries in a pack. */
const OFS_DELTA = 6;
const REF_DELTA = 7;
const known: ReadonlySet<number> = new Set([1, 2, 3, 4, OFS_DELTA, REF_DELTA]);

const HEADER_BYTES = 12;
const DIGEST_BYTES = 20;

/** An entry's head: where its zlib stream begins, and for a delta to an earlier entry, where that one begins. */
interface EntryHead {
  readonly type: number;
  readonly size: number;
  readonly base: number | null;
  readonly at: number;
}

/**
 * Walks through a pack before anybody trusts it: every object must be as large as it says and no larger than allowed,
 * and a delta may only build on what stands before it. isomorphic-git inflates whatever it is given, as a whole, and
 * follows a delta that names itself for ever. Pure, but takes its time: not for the main thread.
 * @throws GitError `git/corrupt` for what is no pack, `git/too-large` for what is too large
 */
export function scanPack(pack: Buffer, limits: typeof IN_MEMORY = IN_MEMORY): void {
  if (pack.length > limits.packBytes) throw tooLarge(`a pack of ${pack.length} bytes`, limits.packBytes);
  const end = pack.length - DIGEST_BYTES;
  if (end < HEADER_BYTES || pack.toString('latin1', 0, 4) !== 'PACK' || pack.readUInt32BE(4) !== 2) {
    throw damaged('it does not begin as one');
  }
  const depths = new Map<number, number>();
  let inflated = 0;
  let at = HEADER_BYTES;
  for (let left = pack.readUInt32BE(8); left > 0; left -= 1) {
    const head = readHead(pack, at, end);
    const depth = head.base === null ? 0 : depths.get(head.base);
    if (depth === undefined) throw damaged(`the delta at ${at} builds on nothing that is there`);
    if (depth >= limits.deltaDepth) throw damaged(`deltas build on one another ${depth} times`);
    depths.set(at, depth + 1);
    const { bytes, next } = inflate(pack, head, end, limits.objectBytes);
    inflated += bytes;
    if (inflated > limits.inflatedBytes) throw tooLarge('objects of more bytes in all', limits.inflatedBytes);
    at = next;
  }
  if (at !== end) throw damaged(`${end - at} bytes follow its last object`);
}

/** Answers the size of the object, deltas applied, and where the next entry begins. */
function inflate(
  pack: Buffer,
  head: EntryHead,
  end: number,
  maxBytes: number,
): { readonly bytes: number; readonly next: number } {
  if (head.size > maxBytes) throw tooLarge(`an object of ${head.size} bytes`, maxBytes);
  const options = { maxOutputLength: Math.max(1, head.size), info: true } as const;
  let result: InflateInfo;
  try {
    result = withInfo(inflateSync(pack.subarray(head.at, end), options));
  } catch (error) {
    throw damaged(`the object at ${head.at} is not as large as it says, or cannot be inflated`, error);
  }
  const { buffer, engine } = result;
  if (buffer.length !== head.size) throw damaged(`the object at ${head.at} is smaller than it says`);
  const next = head.at + engine.bytesWritten;
  if (head.type !== OFS_DELTA && head.type !== REF_DELTA) return { bytes: head.size, next };
  const base = readSize(buffer, 0);
  const whole = readSize(buffer, base.at);
  if (whole.size > maxBytes) throw tooLarge(`an object of ${whole.size} bytes`, maxBytes);
  return { bytes: whole.size, next };
}

/** What zlib answers with `info`; Node's types leave it out. */
interface InflateInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function withInfo(answer: unknown): InflateInfo {
  if (typeof answer === 'object' && answer !== null && 'buffer' in answer && 'engine' in answer) {
    const { buffer, engine } = answer;
    if (
      Buffer.isBuffer(buffer) &&
      typeof engine === 'object' &&
      engine !== null &&
      'bytesWritten' in engine &&
      typeof engine.bytesWritten === 'number'
    ) {
      return { buffer, engine: { bytesWritten: engine.bytesWritten } };
    }
  }
  throw new Error('zlib did not say how much it read');
}

function readHead(pack: Buffer, start: number, end: number): EntryHead {
  let at = start;
  const byte = (): number => {
    if (at >= end) throw damaged('it ends before its last object');
    return pack.readUInt8(at++);
  };
  let current = byte();
  const type = (current >> 4) & 7;
  if (!known.has(type)) throw damaged(`the entry at ${start} has the unknown type ${type}`);
  let size = current & 15;
  for (let factor = 16; current >= 128; factor *= 128) {
    current = byte();
    size += (current & 127) * factor;
  }
  if (type === REF_DELTA) at += 20;
  if (type !== OFS_DELTA) return { type, size, base: null, at };
  current = byte();
  let distance = current & 127;
  while (current >= 128) {
    current = byte();
    distance = (distance + 1) * 128 + (current & 127);
  }
  return { type, size, base: start - distance, at };
}

/** A size of a delta's head: seven bits a byte, the lowest first. */
function readSize(delta: Buffer, start: number): { readonly size: number; readonly at: number } {
  let size = 0;
  let factor = 1;
  for (let at = start; at < delta.length; at += 1) {
    const byte = delta.readUInt8(at);
    size += (byte & 127) * factor;
    if (byte < 128) return { size, at: at + 1 };
    factor *= 128;
  }
  throw damaged('a delta ends in its head');
}

function damaged(why: string, cause?: unknown): GitError {
  return new GitError('git/corrupt', `The pack that the remote sent is damaged: ${why}.`, { cause });
}

/** A pack is told too large before it is read. */
export function packTooLarge(path: string, bytes: number): GitError {
  return tooLarge(`${path} with ${bytes} bytes`, IN_MEMORY.packBytes);
}

function tooLarge(what: string, allowed: number): GitError {
  return new GitError(
    'git/too-large',
    `The repository holds ${what}; ${allowed} bytes are allowed without the git program. ` +
      'Install it (apt-get install git), or take large files out of the history.',
  );
}
