const PACK_CHANNEL = 1;

/**
 * The pack in the answer of `git-upload-pack`: pkt-lines (four hex digits of length, then the payload), of which those
 * that begin with a byte 1 carry it. Null when there is none. Pure.
 */
export function packOf(answer: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 0; at + 4 <= answer.length; ) {
    const length = Number.parseInt(answer.toString('latin1', at, at + 4), 16);
    if (Number.isNaN(length)) break;
    if (length > 5 && answer[at + 4] === PACK_CHANNEL) parts.push(answer.subarray(at + 5, at + length));
    at += Math.max(4, length);
  }
  return parts.length === 0 ? null : Buffer.concat(parts);
}
