import { isObject } from '../../schemas/is-object.ts';
import { ReconcilerError } from '../errors.ts';
import type { PullProgress } from '../ports.ts';
import { readRegistryAuth } from './docker-auth.ts';
import type { EngineHttp } from './docker-http.ts';
import { parseImageRef } from './docker-ref.ts';
import { LineSplitter } from './line-splitter.ts';

const LONGEST_LINE = 1_000_000;

/**
 * Pulls one image. The engine answers 200 before it knows the outcome; a failure is a line in the stream, which is
 * why the lines are read here.
 * @throws ReconcilerError `docker/pull-failed` with the engine's own message, also when nothing moved for `pullIdle`
 *   milliseconds; `docker/unreachable` when the engine went away; the signal's reason when it aborts
 */
export async function pullImage(
  engine: EngineHttp,
  deadlines: { readonly pullIdle: number },
  ref: string,
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const { fromImage, tag, registry } = parseImageRef(ref);
  const auth = await readRegistryAuth(registry);
  const watchdog = new AbortController();
  const idle = () => watchdog.abort(stalled(ref, deadlines.pullIdle));
  const timer = setTimeout(idle, deadlines.pullIdle);
  const request = {
    what: `pull ${ref}`,
    method: 'POST',
    path: '/images/create',
    query: tag === null ? { fromImage } : { fromImage, tag },
    ...(auth === null ? {} : { registryAuth: auth }),
  } as const;
  try {
    // The watchdog also stands for the beginning: the reply begins with the registry's first answer.
    const never = 2 ** 31 - 1;
    const reply = await engine.stream(request, never, AbortSignal.any([signal, watchdog.signal]));
    const chunks: AsyncIterable<Uint8Array> = reply;
    const lines = new LineSplitter(LONGEST_LINE);
    for await (const chunk of chunks) {
      timer.refresh();
      for (const line of lines.push(chunk)) takeLine(ref, line, onProgress);
    }
    const rest = lines.rest();
    if (rest !== '') takeLine(ref, rest, onProgress);
  } catch (error) {
    signal.throwIfAborted();
    watchdog.signal.throwIfAborted();
    throw pullError(ref, engine.host, error);
  } finally {
    clearTimeout(timer);
  }
}

function takeLine(ref: string, line: string, onProgress: (progress: PullProgress) => void): void {
  const parsed = parseProgress(ref, line);
  if (parsed === null) return;
  if ('error' in parsed) throw failed(ref, parsed.error);
  onProgress(parsed);
}

/** One line of the pull stream; null for an empty one. A line that is not JSON is an error: it hides the outcome. */
export function parseProgress(ref: string, line: string): PullProgress | { readonly error: string } | null {
  if (line.trim() === '') return null;
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return { error: `the engine answered a line that is not JSON: ${line.slice(0, 200)}` };
  }
  if (!isObject(raw)) return null;
  if (raw['error'] !== undefined || raw['errorDetail'] !== undefined) {
    const detail = isObject(raw['errorDetail']) ? raw['errorDetail']['message'] : undefined;
    return { error: String(raw['error'] ?? detail) };
  }
  const progress = isObject(raw['progressDetail']) ? raw['progressDetail'] : {};
  return {
    ref,
    status: typeof raw['status'] === 'string' ? raw['status'] : '',
    layer: typeof raw['id'] === 'string' ? raw['id'] : null,
    current: numberOrNull(progress['current']),
    total: numberOrNull(progress['total']),
  };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function failed(ref: string, why: string, cause?: unknown): ReconcilerError {
  return new ReconcilerError('docker/pull-failed', `cannot pull ${ref}: ${why}`, { retry: 'backoff', cause });
}

function stalled(ref: string, ms: number): ReconcilerError {
  return failed(ref, `no progress for ${ms / 1000} s; is the registry reachable from the node?`);
}

function pullError(ref: string, host: string, error: unknown): ReconcilerError {
  if (!(error instanceof ReconcilerError)) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `cannot pull ${ref}: the connection to the Docker Engine at ${host} was cut (${why})`;
    return new ReconcilerError('docker/unreachable', message, { retry: 'backoff', cause: error });
  }
  // A refusal before the first line has a status; to the caller it is the same failure.
  const refused = ['docker/not-found', 'docker/conflict', 'docker/failed'].includes(error.code);
  if (!refused) return error;
  return new ReconcilerError('docker/pull-failed', error.message, { retry: 'backoff', cause: error });
}
