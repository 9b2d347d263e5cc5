import { ReconcilerError } from '../errors.ts';

/**
 * The error of an HTTP reply that is not a success, by its status. The engine's own message is kept whole, behind
 * what was being done.
 */
export function replyError(what: string, status: number, body: string): ReconcilerError {
  const message = `cannot ${what}: ${engineMessage(body) || `HTTP status ${status}`}`;
  const { code, retry } = kindOf(status);
  return new ReconcilerError(code, message, { retry });
}

function kindOf(status: number): { code: string; retry: 'backoff' | 'never' } {
  if (status === 404) return { code: 'docker/not-found', retry: 'backoff' };
  // 403 is how the engine says that a network is in use, or that a container is connected to it already.
  if (status === 409 || status === 403) return { code: 'docker/conflict', retry: 'backoff' };
  if (status >= 400 && status < 500) return { code: 'docker/invalid', retry: 'never' };
  return { code: 'docker/failed', retry: 'backoff' };
}

function engineMessage(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) return String(parsed.message);
  } catch {
    // A proxy in front of the engine answers in plain text or HTML.
  }
  return body.trim().slice(0, 500);
}

/**
 * The error of a call that got no whole reply: `docker/timeout` when its deadline (milliseconds) had passed,
 * `docker/unreachable` otherwise. A changing call may have been carried out all the same: observe again.
 */
export function transportError(
  what: string,
  host: string,
  cause: unknown,
  deadline: { readonly signal: AbortSignal; readonly ms: number },
): ReconcilerError {
  if (cause instanceof ReconcilerError) return cause;
  if (deadline.signal.aborted) {
    const message = `cannot ${what}: the Docker Engine at ${host} did not answer within ${deadline.ms / 1000} s`;
    return new ReconcilerError('docker/timeout', message, { retry: 'backoff', cause });
  }
  const message = `cannot ${what}: no connection to the Docker Engine at ${host} (${reason(cause)})`;
  return new ReconcilerError('docker/unreachable', message, { retry: 'backoff', cause });
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket; is the engine running?',
  ECONNREFUSED: 'connection refused; is the engine running?',
  EACCES: 'permission denied; run as root or as a member of the group docker',
  ECONNRESET: 'the connection was cut before the reply was whole',
};

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return WORDS[errorCode(cause) ?? ''] ?? cause.message;
}

/** `ECONNRESET` and its kin, null when the value is no system error. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
