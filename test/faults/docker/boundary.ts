import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Boundary, Fault } from '../boundary.ts';
import { dockerActions, hangs, isKill, isLeft, isMeddling, type Meddling, refusedWith } from './actions.ts';
import { Again } from './again.ts';
import { EarlierReplies } from './earlier.ts';
import { eventSubject, passEvents } from './events.ts';
import { cut, deliver, type Reply, refusal, Upstream } from './exchange.ts';
import { type Call, callOf, KeyCounter, type Keys } from './keys.ts';
import { Names } from './names.ts';
import { type CallRecord, now } from './record.ts';

/** What the boundary needs of the world to do harm. */
export interface DockerHooks {
  /** SIGKILL to the reconciler; resolves when it is dead. */
  kill(): Promise<void>;
  /** Asks the reconciler to end, without waiting for it. */
  shutdown(): void;
  /** Another hand's change of the engine. Answers whether it changed anything. */
  meddle(how: Meddling): Promise<boolean>;
  /** A name without what differs from world to world. */
  mask(name: string): string;
  readonly delayMs: number;
}

/** One call under way. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly record: CallRecord;
  readonly call: Call;
}

/**
 * A proxy between reconciler and engine, on a unix socket. Each call and each event has a key and can fail. Behind it
 * the engine can be changed for another one.
 */
export class DockerBoundary implements Boundary {
  readonly name = 'docker';
  /** For `DOCKER_HOST`. */
  readonly host: string;
  /** Every call since `retarget`, faults and all. */
  readonly records: CallRecord[] = [];
  readonly #server: Server;
  readonly #hooks: DockerHooks;
  #upstream: Upstream | null = null;
  #names = new Names();
  #counter = new KeyCounter();
  /** Counts from the first fault on, as for a fault that follows it; null before. */
  #after: KeyCounter | null = null;
  #earlier = new EarlierReplies();
  #fault: Fault | null = null;
  #then: Fault | null = null;
  #fired = false;
  /** It had its turn and changed nothing: what it told was the truth, or there was nothing to meddle with. */
  #idle = false;
  readonly #again = new Again();
  #killing: Promise<unknown> = Promise.resolve();

  private constructor(server: Server, socket: string, hooks: DockerHooks) {
    this.#server = server;
    this.#hooks = hooks;
    this.host = `unix://${socket}`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  /** @param socket path of the socket to make */
  static async open(socket: string, hooks: DockerHooks): Promise<DockerBoundary> {
    const server = createServer();
    server.keepAliveTimeout = 0;
    server.requestTimeout = 0;
    rmSync(socket, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socket, resolve);
    });
    return new DockerBoundary(server, socket, hooks);
  }

  /** Puts another engine behind it and forgets all that it knew of the one before. */
  retarget(socket: string): void {
    this.#server.closeAllConnections();
    this.#upstream?.close();
    this.#upstream = new Upstream(socket);
    this.#names = new Names();
    this.#earlier = new EarlierReplies();
    this.records.length = 0;
    this.reset();
  }

  seen(): readonly string[] {
    return this.#counter.seen;
  }

  /** Keys of the calls after the first fault, counted from there, until `reset`. */
  seenAfter(): readonly string[] {
    return [...(this.#after?.seen ?? [])];
  }

  actions(key: string): readonly string[] {
    return dockerActions(key);
  }

  /** @param then happens after `fault` has, by keys counted from there */
  arm(fault: Fault | null, then: Fault | null = null): void {
    // What hangs is let go.
    if (this.#fault !== null && hangs(this.#fault.action)) this.#server.closeAllConnections();
    this.#fault = fault;
    this.#then = then;
    this.#fired = false;
    this.#idle = false;
    this.#again.forget();
  }

  async settled(): Promise<void> {
    await this.#killing;
  }

  fired(): boolean {
    return this.#fired && this.#then === null && !this.#idle;
  }

  reset(): void {
    this.arm(null);
    this.#counter = new KeyCounter();
    this.#after = null;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#upstream?.close();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Either end may go away at any time: that is what this is for.
    response.on('error', () => response.destroy());
    const upstream = this.#upstream;
    const body = await buffer(request);
    if (upstream === null || response.destroyed) return void response.destroy();
    const method = request.method ?? 'GET';
    const url = request.url ?? '/';
    const sent = parsed(body);
    const call = callOf(method, url, sent, (ref) => this.#names.of(ref));
    const keys = this.#count(call);
    const action = this.#again.next(method, url) ?? this.#actionAt(keys);
    if (action !== null) this.#again.begin(call, url, action);
    const record: CallRecord = {
      at: now(),
      key: keys.full,
      method,
      template: call.template,
      subject: call.subject,
      labels: call.ref === null ? null : this.#names.labels(call.ref),
      query: Object.fromEntries(new URL(url, 'http://engine').searchParams),
      body: sent,
      fault: action,
      reached: false,
      status: null,
    };
    this.records.push(record);
    const acting = this.#act(upstream, { request, response, body, record, call });
    // How it ends is its caller's.
    if (action !== null && isKill(action)) this.#killing = Promise.allSettled([acting]);
    return acting;
  }

  async #act(upstream: Upstream, { request, response, body, record, call }: Exchange): Promise<void> {
    const { fault: action, method, body: sent } = record;
    const url = request.url ?? '/';
    if (action === 'kill-before') return this.#kill(response);
    if (action === 'shutdown') this.#hooks.shutdown();
    if (isLeft(action)) return;
    const refused = refusedWith(action);
    if (refused !== null) return deliver(response, refusal(refused, call.subject));

    record.reached = true;
    if (call.template === '/events') return this.#events(upstream, request, response, body, action);
    const reply = await upstream.ask(request, body);
    record.status = reply.status;
    if (reply.status < 400) {
      this.#names.learn(call, new URL(url, 'http://engine').searchParams, sent, parsed(reply.body));
    }
    const told = this.#stale(url, reply, action) ?? reply;
    if (method === 'GET') this.#earlier.note(url, reply);
    await this.#reply(response, told, action);
  }

  async #reply(response: ServerResponse, reply: Reply, action: string | null): Promise<void> {
    if (hangs(action)) return;
    if (action === 'kill-between') return this.#kill(response);
    if (action === 'drop-reply') return void response.socket?.destroy();
    if (action === 'reset') return cut(response, reply);
    if (action === 'delay') await sleep(this.#hooks.delayMs);
    if (action !== null && isMeddling(action)) this.#idle = !(await this.#hooks.meddle(action)) || this.#idle;
    await deliver(response, reply);
    if (action === 'kill-after') await this.#hooks.kill();
  }

  async #events(
    upstream: Upstream,
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    action: string | null,
  ): Promise<void> {
    if (action === 'hang') return;
    const reply = await upstream.open(request, body);
    if (action === 'reset') response.socket?.destroy();
    await passEvents(reply, response, (line) => {
      const subject = eventSubject(line);
      if (subject === null) return null;
      if (action === 'deaf') return 'swallow';
      const [template = '', name = ''] = subject.split(' ');
      return this.#actionAt(this.#count({ method: 'EVENT', template, subject: name }));
    });
  }

  #count(call: Pick<Call, 'method' | 'template' | 'subject'>): Keys {
    const subject = call.subject === null ? null : this.#hooks.mask(call.subject);
    this.#after?.next({ ...call, subject });
    return this.#counter.next({ ...call, subject });
  }

  /** The action that is to happen here; a fault happens once, and the one that follows it counts from there. */
  #actionAt({ full, plain }: Keys): string | null {
    const fault = this.#fault;
    if (fault === null || this.#fired || (fault.at !== full && fault.at !== plain)) return null;
    const then = this.#then;
    this.#after ??= new KeyCounter();
    if (then === null) {
      this.#fired = true;
    } else {
      this.#fault = then;
      this.#then = null;
      this.#counter = new KeyCounter();
    }
    return fault.action;
  }

  /** What is told in place of the truth; null for the truth itself, and then nothing has gone wrong. */
  #stale(url: string, truth: Reply, action: string | null): Reply | null {
    if (action !== 'stale' && action !== 'stale-oldest') return null;
    const earlier = this.#earlier.otherThan(url, truth, action === 'stale' ? 'last' : 'first');
    if (earlier === null) this.#idle = true;
    return earlier;
  }

  async #kill(response: ServerResponse): Promise<void> {
    await this.#hooks.kill();
    response.destroy();
  }
}

function parsed(body: Buffer): unknown {
  try {
    return body.length === 0 ? null : JSON.parse(body.toString('utf8'));
  } catch {
    // The lines of a pull are no document.
    return null;
  }
}
