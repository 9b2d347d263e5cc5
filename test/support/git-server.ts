import { execFileSync, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gitEnv } from './git-repo.ts';

/** What goes wrong on purpose. Applies to every request until `faults` is set anew. */
interface GitFaults {
  /** Answers every request with this status instead of asking git. */
  readonly status?: number;
  /** Extra headers of that answer, such as `location`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Breaks the connection after so many bytes of a pack's transfer. */
  readonly cutAfter?: number;
  /** Takes requests and never answers them. */
  readonly hang?: boolean;
  /** Changes the bytes of a pack's transfer. */
  readonly garble?: (body: Buffer) => Buffer;
}

export interface GitServer {
  /** `http://ADDRESS:PORT`, without a trailing slash; repositories are at `${url}/NAME`. */
  readonly url: string;
  faults: GitFaults;
  /** The token that is asked for as the password of basic authentication; null lets everyone in. */
  token: string | null;
  /** `METHOD path` of every request, oldest first. */
  readonly requests: string[];
  /** Resolves when the next request has come in. */
  nextRequest(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves the bare repositories in a folder, for reading and writing, by git's own smart HTTP program.
 *
 * @param options `address` to listen on; default 127.0.0.1
 */
export async function startGitServer(
  root: string,
  options: { token?: string; address?: string } = {},
): Promise<GitServer> {
  const host = options.address ?? '127.0.0.1';
  const backend = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
  const server = createServer((request, response) => {
    state.requests.push(`${request.method} ${request.url}`);
    server.emit('arrived');
    const { status, headers, hang } = state.faults;
    if (hang === true) {
      request.resume();
    } else if (status !== undefined) {
      response.writeHead(status, headers).end('fault\n');
    } else if (!authorised(request, state.token)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('who are you?\n');
    } else {
      serve(backend, root, request, response, state.faults);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const state: GitServer = {
    url: `http://${host}:${address.port}`,
    faults: {},
    token: options.token ?? null,
    requests: [],
    nextRequest: () => new Promise((resolve) => server.once('arrived', resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return state;
}

function authorised(request: IncomingMessage, token: string | null): boolean {
  if (token === null) return true;
  const given = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return Buffer.from(given, 'base64').toString('utf8') === `x-access-token:${token}`;
}

/** The CGI of RFC 3875, as far as git-http-backend needs it. */
function serve(
  backend: string,
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
  faults: GitFaults,
): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const env = {
    ...gitEnv,
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    // Lets everyone push who was let in at all; the repositories need no setting of their own.
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'http.receivepack',
    GIT_CONFIG_VALUE_0: 'true',
    GIT_CONFIG_KEY_1: 'uploadpack.allowAnySHA1InWant',
    GIT_CONFIG_VALUE_1: 'false',
    REQUEST_METHOD: request.method ?? 'GET',
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    ...(request.headers['content-length'] === undefined
      ? {}
      : { CONTENT_LENGTH: request.headers['content-length'] }),
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    REMOTE_USER: 'test',
    REMOTE_ADDR: '127.0.0.1',
  };
  const child = spawn(backend, [], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  request.pipe(child.stdin);
  // A client that goes away, or a backend that ends early, breaks this pipe; the answer below tells what happened.
  child.stdin.on('error', () => request.unpipe(child.stdin));
  const parts: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => parts.push(chunk));
  child.on('close', () => answer(request, response, Buffer.concat(parts), faults));
}

function answer(request: IncomingMessage, response: ServerResponse, output: Buffer, faults: GitFaults): void {
  const end = output.indexOf('\r\n\r\n');
  if (end === -1) {
    response.writeHead(500).end('git-http-backend answered nothing\n');
    return;
  }
  let status = 200;
  for (const line of output.toString('latin1', 0, end).split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  let body = output.subarray(end + 4);
  response.statusCode = status;
  const isPack = request.method === 'POST' && body.includes('PACK');
  if (isPack && faults.garble !== undefined) body = faults.garble(Buffer.from(body));
  if (!isPack || faults.cutAfter === undefined) {
    response.end(body);
    return;
  }
  response.setHeader('content-length', body.length);
  response.write(body.subarray(0, faults.cutAfter), () => response.destroy());
}
