import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebError } from '../errors.ts';
import { type CgiHead, splitHead } from './cgi.ts';

export interface BackendRequest {
  readonly method: 'GET' | 'POST';
  /** Folder that holds the repository, and the path below it: `/platform.git/info/refs`. */
  readonly root: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
  /** Bytes that the body may have. */
  readonly maxBytes: number;
  /** Settings of the git processes. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds from start to end. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface BackendAnswer extends CgiHead {
  readonly body: Readable;
  /** Resolves when every process of it is gone. */
  readonly ended: Promise<void>;
}

/** Milliseconds between asking a process to end and ending it. */
const GRACE_MS = 2_000;

/**
 * Answers one request of Git's smart HTTP by git's own program, body and answer flowing through. The processes end with
 * the deadline, with `signal`, and when the one who asked has gone.
 *
 * @throws WebError 413 when the body is larger than it may be, before anything was answered; 502 when git answers nothing
 */
export async function runBackend(request: BackendRequest): Promise<BackendAnswer> {
  if (Number(request.headers['content-length'] ?? 0) > request.maxBytes) throw tooLargeBody(request.maxBytes);
  const child = spawn('git', ['http-backend'], {
    env: { ...request.env, ...cgiVariables(request) },
    stdio: ['pipe', 'pipe', 'ignore'],
    // A group of its own: what it starts ends with it.
    detached: true,
  });
  const ended = once(child, 'close').then(
    () => undefined,
    () => undefined,
  );
  const stop = stopper(child);
  const deadline = setTimeout(stop, request.timeoutMs);
  request.signal.addEventListener('abort', stop, { once: true });
  void ended.then(() => {
    clearTimeout(deadline);
    stop.forget();
    request.signal.removeEventListener('abort', stop);
  });
  let tooLarge = false;
  const counter = bounded(request.maxBytes, () => {
    tooLarge = true;
  });
  // It ends early when git has heard enough, or when the client goes; what git answers then says more.
  void pipeline(request.body, counter, child.stdin).catch(() => {
    if (tooLarge || request.body.errored !== null || !request.body.readableEnded) stop();
  });
  const answer = await headOf(child, ended).catch((error: unknown) => {
    stop();
    throw error;
  });
  if (tooLarge) {
    stop();
    await ended;
    throw tooLargeBody(request.maxBytes);
  }
  if (answer === null) {
    const why = request.signal.aborted ? 'was given up' : 'gave no answer';
    throw new WebError(
      'git/no-answer',
      502,
      `git ${why}. Try again; if it stays, the control node's log says why.`,
    );
  }
  const body = new PassThrough();
  body.write(answer.rest);
  void pipeline(child.stdout, body).catch(stop);
  body.once('close', () => {
    if (child.exitCode === null && child.signalCode === null && !body.readableEnded) stop();
  });
  return { ...answer.head, body, ended };
}

/** RFC 3875, as far as git http-backend looks at it. */
function cgiVariables({ method, root, path, query, headers }: BackendRequest): Record<string, string> {
  const length = headers['content-length'];
  const protocol = headers['git-protocol'] ?? '';
  return {
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    REQUEST_METHOD: method,
    PATH_INFO: path,
    QUERY_STRING: query,
    CONTENT_TYPE: headers['content-type'] ?? '',
    ...(length !== undefined && /^\d{1,15}$/.test(length) ? { CONTENT_LENGTH: length } : {}),
    ...(headers['content-encoding'] === 'gzip' ? { HTTP_CONTENT_ENCODING: 'gzip' } : {}),
    ...(/^version=[0-2]$/.test(protocol) ? { GIT_PROTOCOL: protocol } : {}),
    REMOTE_USER: 'tenantry',
    REMOTE_ADDR: '127.0.0.1',
  };
}

async function headOf(
  child: ChildProcess,
  ended: Promise<void>,
): Promise<{ readonly head: CgiHead; readonly rest: Buffer } | null> {
  const { stdout } = child;
  if (stdout === null) throw new Error('git http-backend has no output');
  let output = Buffer.alloc(0);
  const gone = ended.then(() => null);
  for (;;) {
    const chunk = stdout.read() as Buffer | null;
    if (chunk === null) {
      const more = await Promise.race([once(stdout, 'readable'), gone]);
      if (more === null && stdout.readableLength === 0) return null;
      continue;
    }
    output = Buffer.concat([output, chunk]);
    const split = splitHead(output);
    if (split !== null) return split;
  }
}

function bounded(maxBytes: number, exceeded: () => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= maxBytes) return done(null, chunk);
      exceeded();
      done(new Error('the body is too large'));
    },
  });
}

/** Ends the group of processes: politely first, so that git removes what it had begun. */
function stopper({ pid }: ChildProcess): (() => void) & { forget(): void } {
  let force: NodeJS.Timeout | undefined;
  const stop = (): void => {
    if (pid === undefined || force !== undefined) return;
    signalGroup(pid, 'SIGTERM');
    force = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS);
  };
  return Object.assign(stop, { forget: () => clearTimeout(force) });
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It has just ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function tooLargeBody(maxBytes: number): WebError {
  const message = `A push may have ${Math.floor(maxBytes / 1024 / 1024)} MiB. Push less at once.`;
  return new WebError('request/too-large', 413, message);
}
