import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
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
/** Milliseconds in which somebody who is refused may finish what he says. */
const PATIENCE_MS = 10_000;
const patience = (): Promise<void> => sleep(PATIENCE_MS, undefined, { ref: false });

/**
 * Answers one request of Git's smart HTTP by git's own program, body and answer flowing through. The processes end with
 * the deadline, with `signal`, and when the one who asked has gone.
 *
 * @throws WebError 413 when the body is larger than it may be, before anything was answered; 502 when git answers nothing
 */
export async function runBackend(request: BackendRequest): Promise<BackendAnswer> {
  if (Number(request.headers['content-length'] ?? 0) > request.maxBytes) {
    await Promise.race([hearOut(request.body, request.maxBytes), patience()]);
    throw tooLargeBody(request.maxBytes);
  }
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
  const fed = feed(request.body, child.stdin, request.maxBytes, () => {
    tooLarge = true;
    stop();
  }).catch(stop);
  const answer = await headOf(child, ended).catch((error: unknown) => {
    stop();
    throw error;
  });
  if (tooLarge) {
    await Promise.all([ended, Promise.race([fed, patience()])]);
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

/**
 * Hands a body to git. What git does not want to hear, or what it is not to hear, is read all the same up to as much
 * again: with bytes that nobody has read a connection is broken off, and the answer that says why is lost with it.
 *
 * @param exceeded called at once when it is larger than it may be
 * @throws when the client goes, or goes on and on
 */
async function feed(body: Readable, stdin: Writable, maxBytes: number, exceeded: () => void): Promise<void> {
  // Git ends when it has heard enough, and what it then answers says more.
  stdin.on('error', () => stdin.destroy());
  const closed = new Promise((resolve) => stdin.once('close', resolve));
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > 2 * maxBytes) throw new Error('the body does not end');
    if (stdin.destroyed) continue;
    if (bytes > maxBytes) {
      stdin.destroy();
      exceeded();
    } else if (!stdin.write(chunk)) {
      await Promise.race([closed, new Promise((resolve) => stdin.once('drain', resolve))]);
    }
  }
  stdin.end();
}

/** Reads a body that is not wanted to its end, so that its sender hears why; not one of more than twice `maxBytes`. */
async function hearOut(body: Readable, maxBytes: number): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // He has gone: nobody is left to hear it.
  await feed(body, nowhere, maxBytes, () => {}).catch(() => undefined);
}

/**
 * Ends the group of processes: politely first, so that git removes what it had begun. Once they are gone it is to be
 * forgotten, for their number may be somebody else's by then.
 */
function stopper({ pid }: ChildProcess): (() => void) & { forget(): void } {
  let force: NodeJS.Timeout | undefined;
  let gone = false;
  const stop = (): void => {
    if (pid === undefined || gone || force !== undefined) return;
    signalGroup(pid, 'SIGTERM');
    force = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS);
  };
  const forget = (): void => {
    gone = true;
    clearTimeout(force);
  };
  return Object.assign(stop, { forget });
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
