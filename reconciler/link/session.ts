import WebSocket from 'ws';
import { decodeControlMessage } from '../../schemas/link/decode.ts';
import { type ControlMessage, link, type NodeMessage } from '../../schemas/link/messages.ts';
import { ReconcilerError } from '../errors.ts';
import type { Outbox } from './outbox.ts';
import type { OutgoingEntry } from './outgoing.ts';

export interface SessionOptions {
  /** `ws://` or `wss://`. */
  readonly url: URL;
  readonly token: string;
  readonly hello: Extract<NodeMessage, { type: 'hello' }>;
  readonly outbox: Outbox;
  readonly timing: LinkTiming;
  /** The link stands. */
  readonly onLinked: () => void;
  /** A revision is there. */
  readonly onRevision: (oid: string) => void;
  /** Entries did not arrive and never will. */
  readonly onLost: () => void;
  readonly onLookedAt: (tenants: readonly string[]) => void;
}

/** Milliseconds. */
export interface LinkTiming {
  /** From dialling to the welcome. */
  readonly connectMs: number;
  /** Between two pings. */
  readonly pingMs: number;
  /** Silence after which the other end counts as gone. */
  readonly silenceMs: number;
}

/** Entries on their way that are not acknowledged yet, and bytes that the socket has not taken off our hands. */
const mostUnderWay = 1_000;
const mostBuffered = 1024 * 1024;
const readBytes = 256 * 1024;
const largestMessage = 1024 * 1024;

/** One WebSocket from its handshake to its end. */
export class Session {
  readonly #options: SessionOptions;
  readonly #socket: WebSocket;
  readonly #ended = Promise.withResolvers<void>();
  readonly #timers: NodeJS.Timeout[] = [];
  #heard = performance.now();
  #welcome = false;
  #accepted = 0;
  #sent = 0;
  #pumping = false;
  #again = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#socket = new WebSocket(options.url, {
      headers: { authorization: `Bearer ${options.token}` },
      handshakeTimeout: options.timing.connectMs,
      maxPayload: largestMessage,
      perMessageDeflate: false,
      followRedirects: false,
    });
  }

  /** Resolves when the other end closed in order or `signal` aborted. @throws ReconcilerError `link/…` otherwise */
  async run(signal: AbortSignal): Promise<void> {
    const { timing, outbox, hello } = this.#options;
    const socket = this.#socket;
    const stop = (): void => socket.close(1000);
    signal.addEventListener('abort', stop, { once: true });
    const followed = [
      outbox.onMore(() => void this.#pump()),
      outbox.trouble.onChange(() => this.#tellTrouble()),
    ];
    socket.on('error', (cause) => this.#ended.reject(failed('unreachable', cause.message, cause)));
    socket.on('close', (code, reason) => this.#close(code, reason.toString()));
    socket.on('open', () => socket.send(JSON.stringify(hello)));
    socket.on('pong', () => this.#hear());
    socket.on('message', (data, isBinary) => {
      this.#hear();
      const message = isBinary ? null : decodeControlMessage(textOf(data));
      // A control node may be newer and say more.
      if (message !== null) void this.#take(message).catch((error: unknown) => this.#fail(error));
    });
    const began = performance.now();
    this.#timers.push(setInterval(() => this.#watch(began), Math.min(timing.pingMs, timing.connectMs)));
    try {
      if (signal.aborted) stop();
      await this.#ended.promise;
    } finally {
      this.#welcome = false;
      for (const timer of this.#timers) clearInterval(timer);
      signal.removeEventListener('abort', stop);
      for (const forget of followed) forget();
      socket.terminate();
    }
  }

  /** Sends what is only of now, unless the link is slow or not there. Answers whether it was sent. */
  sendNow(message: Extract<NodeMessage, { type: 'log' | 'qr' }>): boolean {
    if (!this.#welcome || this.#socket.bufferedAmount > mostBuffered) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Says that the outbox cannot be written, or can be again. */
  #tellTrouble(): void {
    const trouble = this.#options.outbox.trouble.now;
    if (this.#welcome)
      this.#socket.send(JSON.stringify({ type: 'unwritten', trouble } satisfies NodeMessage));
  }

  async #take(message: ControlMessage): Promise<void> {
    switch (message.type) {
      case 'welcome':
        return this.#begin(message.accepted, message.revision);
      case 'ack':
        return this.#acknowledged(message.seq);
      case 'revision':
        return this.#options.onRevision(message.oid);
      case 'looked-at':
        return this.#options.onLookedAt(message.tenants);
      default:
        return message satisfies never;
    }
  }

  async #begin(accepted: number, revision: string | null): Promise<void> {
    const { outbox, onLinked, onRevision, onLost } = this.#options;
    if (this.#welcome) return;
    // Its numbers are taken: the next link goes on under the new name.
    if (await outbox.resume(accepted)) return this.#socket.close(1000);
    this.#accepted = accepted;
    this.#sent = accepted;
    this.#welcome = true;
    onLinked();
    if (outbox.trouble.now !== null) this.#tellTrouble();
    if (outbox.first > accepted + 1) onLost();
    if (revision !== null) onRevision(revision);
    await outbox.accepted(accepted);
    await this.#pump();
  }

  async #acknowledged(seq: number): Promise<void> {
    if (seq <= this.#accepted || seq > this.#sent) return;
    this.#accepted = seq;
    await this.#options.outbox.accepted(seq);
    await this.#pump();
  }

  /** Sends what the window takes. One at a time; who comes meanwhile makes it look once more. */
  async #pump(): Promise<void> {
    this.#again = true;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#again) {
        this.#again = false;
        while (this.#hasRoom()) {
          const entries = await this.#options.outbox.read(this.#sent, readBytes);
          if (entries.length === 0 || !this.#welcome) break;
          this.#send(entries);
        }
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#pumping = false;
    }
  }

  #hasRoom(): boolean {
    return (
      this.#welcome &&
      this.#sent - this.#accepted < mostUnderWay &&
      this.#socket.bufferedAmount < mostBuffered
    );
  }

  #send(entries: readonly OutgoingEntry[]): void {
    for (const [index, { seq, from, at, entry }] of entries.entries()) {
      const since = from === undefined ? '' : `"from":${from},`;
      // The entry is JSON already, as it lies on disk.
      const text = `{"type":"entry","seq":${seq},${since}"at":${at},"entry":${entry}}`;
      const last = index === entries.length - 1;
      // Gone from our hands: there may be room for more. What became of a failure is told by the socket's end.
      this.#socket.send(text, last ? () => void this.#pump() : undefined);
      this.#sent = seq;
      if (from !== undefined) this.#options.onLost();
    }
  }

  #hear(): void {
    this.#heard = performance.now();
  }

  #watch(began: number): void {
    const { connectMs, silenceMs } = this.#options.timing;
    const now = performance.now();
    if (!this.#welcome && now - began > connectMs) return this.#fail(failed('silent', 'no welcome came'));
    if (now - this.#heard > silenceMs) return this.#fail(failed('silent', 'it does not answer any more'));
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
  }

  #fail(error: unknown): void {
    this.#ended.reject(error);
  }

  #close(code: number, reason: string): void {
    if (code === link.replaced) {
      return this.#fail(failed('replaced', 'another process has linked as this node'));
    }
    if (code === link.revoked)
      return this.#fail(failed('revoked', "this node's key is not accepted any more"));
    if (code === link.refused) return this.#fail(failed('refused', reason));
    this.#ended.resolve();
  }
}

function failed(what: string, why: string, cause?: unknown): ReconcilerError {
  return new ReconcilerError(`link/${what}`, why, { retry: 'backoff', cause });
}

function textOf(data: WebSocket.RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}
