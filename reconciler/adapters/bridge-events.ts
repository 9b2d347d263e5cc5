import { isObject } from '../../schemas/is-object.ts';
import { ReconcilerError } from '../errors.ts';
import type { BridgeEvent } from '../ports.ts';
import { LineSplitter } from './line-splitter.ts';

/** A QR code is a few hundred characters. */
const LARGEST_EVENT = 64 * 1024;
const WINDOW_MS = 10_000;
const EVENTS_A_WINDOW = 200;
const BYTES_A_WINDOW = 1024 * 1024;

const TYPES = ['qr', 'connected', 'disconnected', 'expired'] as const;

/**
 * Takes a stream of server-sent events apart. The runtime is the tenant's and is not trusted: an event that is too
 * large, or more than 200 of them or 1 MiB in 10 s, ends the stream with `bridge/invalid`. Unknown event types are
 * passed over, so that a newer runtime can say more.
 */
export class BridgeEventReader {
  readonly #lines = new LineSplitter(LARGEST_EVENT);
  readonly #now: () => number;
  #fields: { id: string; event: string; data: string[] } = { id: '', event: '', data: [] };
  #size = 0;
  #window = { began: 0, events: 0, bytes: 0 };

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number) {
    this.#now = now;
    this.#window.began = now();
  }

  /** @throws ReconcilerError `bridge/invalid` */
  push(chunk: Uint8Array): BridgeEvent[] {
    this.#count(0, chunk.length);
    return this.#lines.push(chunk).flatMap((line) => this.#line(line));
  }

  #line(line: string): BridgeEvent[] {
    if (line === '') return this.#finish();
    this.#size += line.length;
    if (this.#size > LARGEST_EVENT || line.length >= LARGEST_EVENT) {
      throw invalid(`an event of more than ${LARGEST_EVENT} characters`);
    }
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#fields.data.push(value);
    else if (name === 'id') this.#fields.id = value;
    else if (name === 'event') this.#fields.event = value;
    return [];
  }

  #finish(): BridgeEvent[] {
    const { id, event, data } = this.#fields;
    this.#fields = { id: '', event: '', data: [] };
    this.#size = 0;
    const type = TYPES.find((known) => known === event);
    if (type === undefined || data.length === 0) return [];
    this.#count(1, 0);
    const number = Number(id);
    if (id === '' || !Number.isSafeInteger(number))
      throw invalid(`an event without a number: id "${id.slice(0, 40)}"`);
    return [{ id: number, type, ...parseData(data.join('\n')) }];
  }

  #count(events: number, bytes: number): void {
    if (this.#now() - this.#window.began > WINDOW_MS)
      this.#window = { began: this.#now(), events: 0, bytes: 0 };
    this.#window.events += events;
    this.#window.bytes += bytes;
    if (this.#window.events > EVENTS_A_WINDOW || this.#window.bytes > BYTES_A_WINDOW) {
      throw invalid(
        `more than ${EVENTS_A_WINDOW} events or ${BYTES_A_WINDOW} bytes in ${WINDOW_MS / 1000} s`,
      );
    }
  }
}

function parseData(text: string): Pick<BridgeEvent, 'token' | 'data'> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw invalid('an event whose data is not JSON', cause);
  }
  if (!isObject(data)) throw invalid('an event whose data is not an object');
  const { token, ...rest } = data;
  return { token: typeof token === 'string' ? token : null, data: rest };
}

function invalid(what: string, cause?: unknown): ReconcilerError {
  return new ReconcilerError('bridge/invalid', `the runtime's bridge sent ${what}`, {
    retry: 'backoff',
    cause,
  });
}
