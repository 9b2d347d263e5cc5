import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import type { Boundary, Fault } from '../boundary.ts';
import { MovedBranch } from './branch.ts';
import { withFlippedBit, withWrongObject } from './pack.ts';

export interface GitBoundaryOptions {
  /** The bare repository that is served. */
  readonly bare: string;
  readonly branch: string;
  /** SIGKILL to the reconciler's process; resolves when it is dead. Null where there is none to kill. */
  readonly kill: (() => Promise<void>) | null;
}

const status: Readonly<Record<string, number>> = {
  'status-401': 401,
  'status-403': 403,
  'status-500': 500,
  'status-503': 503,
};
const kills = ['kill-before', 'kill-during', 'kill-after'];
const anywhere = ['refuse', ...Object.keys(status), 'cut', 'hang', 'force-push', 'lost-branch', 'empty-tree'];
const ofPacks = ['corrupt-object', 'wrong-object'];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/**
 * A proxy in front of git's own smart HTTP server. Each request is keyed and can fail. A fault at `CALL#*` lasts: every
 * request of that kind fails until it is disarmed.
 */
export class GitBoundary implements Boundary {
  readonly name = 'git';
  readonly url: string;
  readonly #server: Server;
  readonly #git: GitServer;
  readonly #options: GitBoundaryOptions;
  readonly #branch: MovedBranch;
  /** Keys whose answers held a pack, in any round: a pack's faults make sense there. */
  readonly #packs = new Set<string>();
  #seen: string[] = [];
  #fault: Fault | null = null;
  #killing: Promise<unknown> = Promise.resolve();
  #fired = false;

  private constructor(server: Server, backend: GitServer, options: GitBoundaryOptions) {
    this.#server = server;
    this.#git = backend;
    this.#options = options;
    this.#branch = new MovedBranch(options.bare, options.branch);
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}/${basename(options.bare)}`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  static async open(options: GitBoundaryOptions): Promise<GitBoundary> {
    const backend = await startGitServer(dirname(options.bare));
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new GitBoundary(server, backend, options);
  }

  seen(): readonly string[] {
    return this.#seen;
  }

  actions(key: string): readonly string[] {
    return [
      ...anywhere,
      ...(this.#packs.has(key) ? ofPacks : []),
      ...(this.#options.kill === null ? [] : kills),
    ];
  }

  /** Ends the fault before: a branch that was moved is put back, what hangs is let go. */
  arm(fault: Fault | null): void {
    this.#branch.restore();
    if (this.#fault?.action === 'hang') this.#server.closeAllConnections();
    this.#fault = fault;
    this.#fired = false;
  }

  async settled(): Promise<void> {
    await this.#killing;
  }

  fired(): boolean {
    return this.#fired;
  }

  reset(): void {
    this.arm(null);
    this.#seen = [];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.#git.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = this.#key(request);
    const body = await buffer(request);
    const action = this.#actionAt(key);
    if (action !== null) this.#fired = true;
    const acting = this.#act(request, response, { key, body, action });
    // How it ends is its caller's.
    if (action !== null && kills.includes(action)) this.#killing = Promise.allSettled([acting]);
    return acting;
  }

  async #act(
    request: IncomingMessage,
    response: ServerResponse,
    { key, body, action }: { readonly key: string; readonly body: Buffer; readonly action: string | null },
  ): Promise<void> {
    if (action === 'refuse') return void request.socket.resetAndDestroy();
    if (action === 'hang') return;
    if (action === 'kill-before') return this.#kill(response);
    const refused = status[action ?? ''];
    if (refused !== undefined) return void response.writeHead(refused).end('fault\n');
    this.#otherHand(action);
    const answer = await this.#ask(request, body);
    const isPack = answer.body.includes('PACK');
    if (isPack) this.#packs.add(key);
    if (action === 'kill-during') return this.#kill(response);
    this.#reply(response, answer, isPack || !ofPacks.includes(action ?? '') ? action : null);
    if (action === 'kill-after') {
      await new Promise((resolve) => response.once('finish', resolve));
      await this.#kill(response);
    }
  }

  #actionAt(key: string): string | null {
    if (this.#fault === null) return null;
    const { at, action } = this.#fault;
    if (at === key && !this.#fired) return action;
    return at.endsWith('#*') && key.startsWith(at.slice(0, -1)) ? action : null;
  }

  #key(request: IncomingMessage): string {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const service = url.searchParams.get('service');
    const path = url.pathname.slice(url.pathname.indexOf('/', 1));
    const call = `${request.method} ${path}${service === null ? '' : `?${service}`}`;
    const count = this.#seen.filter((key) => key.startsWith(`${call}#`)).length + 1;
    this.#seen.push(`${call}#${count}`);
    return `${call}#${count}`;
  }

  #otherHand(action: string | null): void {
    if (action === 'force-push') this.#branch.rewrite();
    if (action === 'lost-branch') this.#branch.lose();
    if (action === 'empty-tree') this.#branch.empty();
  }

  #reply(response: ServerResponse, answer: Answer, action: string | null): void {
    const { bare, branch } = this.#options;
    let { body } = answer;
    if (action === 'corrupt-object') body = withFlippedBit(body);
    if (action === 'wrong-object') body = withWrongObject(body, bare, branch);
    const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...headers } = answer.headers;
    response.writeHead(answer.status, { ...headers, 'content-length': body.length });
    if (action !== 'cut') return void response.end(body);
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
  }

  async #kill(response: ServerResponse): Promise<void> {
    await this.#options.kill?.();
    response.destroy();
  }

  #ask(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { method, headers, url } = request;
    return new Promise((resolve, reject) => {
      const { host: _, connection: __, ...sent } = headers;
      const asked = send(`${this.#git.url}${url}`, { method: method ?? 'GET', headers: sent }, (reply) => {
        buffer(reply).then(
          (bytes) => resolve({ status: reply.statusCode ?? 502, headers: reply.headers, body: bytes }),
          reject,
        );
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }
}
