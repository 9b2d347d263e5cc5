const LONGEST_HEAD = 64 * 1024;
const LONGEST_BODY = 64 * 1024 * 1024;

/** What is known of a reply so far: it goes on, it is whole, or it is nothing that a plain read expects. */
export type Parsed =
  | { readonly state: 'more' }
  | { readonly state: 'whole'; readonly body: Buffer; readonly keep: boolean }
  | { readonly state: 'other' };

const more: Parsed = { state: 'more' };
const other: Parsed = { state: 'other' };

/**
 * Whether a reply that began with `first` may be whole when `last` is what came of it last and `length` bytes came in
 * all: reading a large one anew with each part of it would take for ever.
 */
export function mayBeWhole(first: Buffer, last: Buffer, length: number): boolean {
  const end = first.indexOf('\r\n\r\n');
  if (end === -1) return true;
  const size = /\r\ncontent-length: *(\d{1,9})/i.exec(first.toString('latin1', 0, end))?.[1];
  // What ends in the middle of these bytes is looked at as well: they may have come one by one.
  return size === undefined
    ? last.length < 5 || last.subarray(-5).equals(lastChunk)
    : length >= end + 4 + Number(size);
}

const lastChunk = Buffer.from('0\r\n\r\n');

/**
 * Reads an HTTP/1.1 reply with status 200 and a body of known length or in chunks. Everything else, also more bytes
 * than one reply has, is `other`: for the ordinary client to judge, which asks again.
 *
 * @param bytes all that has come of the reply; the body is a part of them, and chunks are moved together in place
 */
export function parseReply(bytes: Buffer): Parsed {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return bytes.length > LONGEST_HEAD ? other : more;
  const head = bytes.toString('latin1', 0, end);
  if (!head.startsWith('HTTP/1.1 200 ')) return other;
  const keep = !/\r\nconnection: *close/i.test(head);
  const start = end + 4;
  const chunked = /\r\ntransfer-encoding: *chunked *(\r\n|$)/i.test(head);
  const length = /\r\ncontent-length: *(\d{1,9}) *(\r\n|$)/i.exec(head)?.[1];
  if (chunked && length === undefined) return parseChunks(bytes, start, keep);
  if (chunked || length === undefined) return other;
  const stop = start + Number(length);
  if (bytes.length < stop) return Number(length) > LONGEST_BODY ? other : more;
  return bytes.length === stop ? { state: 'whole', body: bytes.subarray(start), keep } : other;
}

function parseChunks(bytes: Buffer, start: number, keep: boolean): Parsed {
  const parts: (readonly [from: number, to: number])[] = [];
  for (let at = start; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line === -1) return bytes.length - at > 1_024 ? other : more;
    const size = /^([0-9a-f]{1,8})(;.*)?$/i.exec(bytes.toString('latin1', at, line))?.[1];
    if (size === undefined) return other;
    const from = line + 2;
    const to = from + Number.parseInt(size, 16);
    if (to > LONGEST_BODY) return other;
    // The engine sends no trailers: the last chunk is followed by an empty line.
    if (bytes.length < to + 2) return more;
    if (bytes[to] !== 0x0d || bytes[to + 1] !== 0x0a) return other;
    if (to === from) {
      if (bytes.length !== to + 2) return other;
      let end = start;
      for (const [first, last] of parts) end += bytes.copy(bytes, end, first, last);
      return { state: 'whole', body: bytes.subarray(start, end), keep };
    }
    parts.push([from, to]);
    at = to + 2;
  }
}
