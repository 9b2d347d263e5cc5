import type { RawData, WebSocket } from 'ws';
import { decodeNodeMessage } from '../../schemas/link/decode.ts';
import { type ControlMessage, link, type NodeMessage } from '../../schemas/link/messages.ts';
import type { TenantEvent } from '../api/models/tenant.ts';
import type { Log } from '../log.ts';
import type { Received } from './stretches.ts';
import { OutOfOrderError, type Position } from './take-entries.ts';

export interface NodeSocketParts {
  readonly node: string;
  readonly socket: WebSocket;
  readonly log: Log;
  /** The last number of an outbox that is in the store. */
  readonly accepted: (outbox: string) => Promise<number>;
  /** Brings entries into the store and tells of them. @throws OutOfOrderError */
  readonly take: (position: Position, entries: readonly Received[]) => Promise<readonly TenantEvent[]>;
  readonly onHello: (hello: Extract<NodeMessage, { type: 'hello' }>) => void;
  /** What is only of now. */
  readonly onNow: (message: Extract<NodeMessage, { type: 'log' | 'qr' | 'unwritten' }>) => void;
  /** The newest revision, for the welcome. */
  readonly revision: () => string | null;
  readonly onWelcomed: () => void;
  /** A sign of life, also when there is nothing new. */
  readonly onHeard: () => void;
  /** Milliseconds without any sign of life after which the node counts as gone. */
  readonly silenceMs: number;
}

/** Of one transaction at most, and what waits before the socket is not read any more: entries, and characters of them. */
const mostAtOnce = { entries: 200, size: 4 * 1024 * 1024 };
const mostWaiting = { entries: 1_200, size: 16 * 1024 * 1024 };

/** An entry with how long its message was. */
interface Waiting {
  readonly received: Received;
  readonly size: number;
}

/** One link of one node, from the handshake to its end. Entries are taken one batch after the other. */
export class NodeSocket {
  readonly #parts: NodeSocketParts;
  #position: Position | null = null;
  #greeted = false;
  #waiting: Waiting[] = [];
  #size = 0;
  #taking = false;
  #heard = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor(parts: NodeSocketParts) {
    this.#parts = parts;
    const { socket, log, node, silenceMs } = parts;
    socket.on('message', (data, isBinary) => this.#take(isBinary ? '' : textOf(data)));
    // The node pings; whatever comes is a sign of life.
    socket.on('ping', () => this.#hear());
    socket.on('error', (error) => log.debug({ node, err: error }, 'a link broke'));
    this.#timer = setInterval(() => {
      if (performance.now() - this.#heard > silenceMs) socket.terminate();
    }, silenceMs / 4);
    socket.on('close', () => clearInterval(this.#timer));
  }

  get node(): string {
    return this.#parts.node;
  }

  send(message: ControlMessage): void {
    const { socket } = this.#parts;
    if (this.#position !== null && socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  }

  close(code: number, reason: string): void {
    this.#parts.socket.close(code, reason);
  }

  #take(text: string): void {
    this.#hear();
    const message = decodeNodeMessage(text);
    if (message === null) return this.#refuse('this is no message of the node link, version 1');
    switch (message.type) {
      case 'hello':
        return void this.#hello(message).catch((error: unknown) => this.#failed(error));
      case 'entry':
        return this.#entry(message, text.length);
      case 'log':
      case 'qr':
      case 'unwritten':
        return this.#parts.onNow(message);
      default:
        return message satisfies never;
    }
  }

  async #hello(hello: Extract<NodeMessage, { type: 'hello' }>): Promise<void> {
    const { node, onHello, onWelcomed, accepted, revision } = this.#parts;
    if (this.#greeted) return this.#refuse('hello was said already');
    if (hello.node !== node) return this.#refuse(`the token is ${node}'s, the words are ${hello.node}'s`);
    this.#greeted = true;
    onHello(hello);
    this.#position = { node, outbox: hello.outbox, accepted: await accepted(hello.outbox) };
    this.send({ type: 'welcome', accepted: this.#position.accepted, revision: revision() });
    onWelcomed();
  }

  #entry({ seq, from = seq, at, entry }: Extract<NodeMessage, { type: 'entry' }>, size: number): void {
    if (this.#position === null) return this.#refuse('entries come after the welcome');
    this.#waiting.push({ received: { seq, from, at, entry }, size });
    this.#size += size;
    if (this.#waiting.length > mostWaiting.entries || this.#size > mostWaiting.size)
      this.#parts.socket.pause();
    if (!this.#taking) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#taking = true;
    const { take, socket } = this.#parts;
    try {
      while (this.#waiting.length > 0 && this.#position !== null) {
        const batch = this.#next();
        await take(this.#position, batch);
        const seq = batch.at(-1)?.seq ?? 0;
        this.#position = { ...this.#position, accepted: seq };
        this.send({ type: 'ack', seq });
        if (socket.isPaused && this.#waiting.length < mostAtOnce.entries && this.#size < mostAtOnce.size)
          socket.resume();
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#taking = false;
    }
  }

  /** What waits longest, as much as one transaction takes; one entry in any case. */
  #next(): Received[] {
    let size = 0;
    const beyond = this.#waiting.findIndex((each, index) => {
      size += each.size;
      return index > 0 && (index >= mostAtOnce.entries || size > mostAtOnce.size);
    });
    const batch = this.#waiting.splice(0, beyond === -1 ? this.#waiting.length : beyond);
    for (const each of batch) this.#size -= each.size;
    return batch.map(({ received }) => received);
  }

  #failed(error: unknown): void {
    const { log, node, socket } = this.#parts;
    this.#waiting = [];
    this.#size = 0;
    this.#position = null;
    if (error instanceof OutOfOrderError) return this.#refuse(error.message);
    log.error({ node, err: error }, 'what a node told could not be stored; it tells it again');
    socket.close(1011, 'the store did not take it');
  }

  #refuse(why: string): void {
    const { log, node, socket } = this.#parts;
    this.#position = null;
    log.warn({ node }, `a link was refused: ${why}`);
    socket.close(link.refused, why.slice(0, 100));
  }

  #hear(): void {
    this.#heard = performance.now();
    this.#parts.onHeard();
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}
