/** The head of a CGI answer (RFC 3875). */
export interface CgiHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Bytes that a head may have. */
const MAX_HEAD = 16 * 1024;

/** What of a backend's answer goes on to the client. */
const passed = new Set(['content-type', 'content-length', 'expires', 'pragma', 'cache-control']);

/**
 * Splits the beginning of a CGI answer into its head and what of the body came with it; null while the head is not whole.
 *
 * @throws Error when it is no CGI answer
 */
export function splitHead(output: Buffer): { readonly head: CgiHead; readonly rest: Buffer } | null {
  const end = output.indexOf('\r\n\r\n');
  if (end === -1) {
    if (output.length > MAX_HEAD) throw new Error('git http-backend wrote no head');
    return null;
  }
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of output.toString('latin1', 0, end).split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'status') status = Number.parseInt(value, 10);
    else if (passed.has(name)) headers[name] = value;
  }
  return { head: { status, headers }, rest: output.subarray(end + 4) };
}
