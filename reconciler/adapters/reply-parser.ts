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
 * Reads an HTTP/1.1 reply with status 200 and a body of known length or in chunks. Everything else, also more bytes
 * than one reply has, is `other`: for the ordinary client to judge, which asks again.
 *
 * @param bytes all that has come of the reply; the body may share its memory
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
  const parts: Buffer[] = [];
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
      const [only] = parts;
      const body = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
      return { state: 'whole', body, keep };
    }
    parts.push(bytes.subarray(from, to));
    at = to + 2;
  }
}
