import type { ServerMessage } from '../api/models/live.ts';
import type { LogLine, TenantEvent } from '../api/models/tenant.ts';

/** What a client's socket must offer. */
export interface LiveSocket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** Bytes that may wait in the socket; beyond that, what is new replaces what is old here. */
const mostBuffered = 256 * 1024;
/** Characters of answers that may follow into a full socket: who asks for more and does not read is let go. */
const mostUnread = 256 * 1024;
/** Milliseconds between two deliveries. */
const restMs = 50;
const mostEvents = 100;
const mostLines = 1_000;

type State = () => ServerMessage | null | Promise<ServerMessage | null>;

/**
 * What waits for one client. Of a state there is at most the newest, made when it can be sent; of what happened there is
 * as much as a reader may want, and after that a `gap`. So a slow client costs a bounded memory and never gets an old
 * state last.
 */
export class LiveClient {
  readonly #socket: LiveSocket;
  readonly #onError: (error: unknown) => void;
  readonly #states = new Map<string, State>();
  #events: TenantEvent[] = [];
  readonly #lines = new Map<string, LogLine[]>();
  #gap = false;
  #unread = 0;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(socket: LiveSocket, onError: (error: unknown) => void) {
    this.#socket = socket;
    this.#onError = onError;
  }

  /** Sends at once: answers to what the client said. */
  answer(message: ServerMessage): void {
    if (this.#closed) return;
    const text = JSON.stringify(message);
    this.#unread = this.#isFull ? this.#unread + text.length : 0;
    if (this.#unread <= mostUnread) return this.#send(text);
    this.close();
    this.#socket.close(1013, 'what is answered is not read');
  }

  /**
   * Something has a newer state.
   *
   * @param key what it is of; a state that waits is replaced
   * @param state makes the message when it can be sent; null: nothing is to be said after all
   */
  changed(key: string, state: State): void {
    this.#states.set(key, state);
    this.#soon();
  }

  happened(event: TenantEvent): void {
    this.#events.push(event);
    if (this.#events.length > mostEvents) {
      this.#events.shift();
      this.#gap = true;
    }
    this.#soon();
  }

  wrote(tenant: string, lines: readonly LogLine[]): void {
    const waiting = [...(this.#lines.get(tenant) ?? []), ...lines];
    if (waiting.length > mostLines) this.#gap = true;
    this.#lines.set(tenant, waiting.slice(-mostLines));
    this.#soon();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #soon(delayMs = 0): void {
    if (this.#closed || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#deliver()
        .catch(this.#onError)
        .finally(() => {
          this.#timer = null;
          if (this.#waits) this.#soon(restMs);
        });
    }, delayMs);
  }

  get #waits(): boolean {
    return this.#states.size > 0 || this.#events.length > 0 || this.#lines.size > 0 || this.#gap;
  }

  get #isFull(): boolean {
    return this.#socket.bufferedAmount > mostBuffered;
  }

  async #deliver(): Promise<void> {
    if (this.#isFull) return;
    if (this.#gap) this.#tell({ type: 'gap' });
    this.#gap = false;
    for (const event of this.#events.splice(0)) this.#tell({ type: 'event', event });
    for (const [tenant, lines] of this.#lines) {
      if (this.#isFull) return;
      this.#lines.delete(tenant);
      this.#tell({ type: 'log', tenant, lines });
    }
    for (const [key, state] of this.#states) {
      if (this.#isFull) return;
      this.#states.delete(key);
      const message = await state();
      if (message !== null) this.#tell(message);
    }
  }

  #tell(message: ServerMessage): void {
    this.#send(JSON.stringify(message));
  }

  #send(text: string): void {
    if (!this.#closed) this.#socket.send(text);
  }
}
