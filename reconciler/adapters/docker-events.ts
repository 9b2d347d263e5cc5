import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { isObject } from '../../schemas/is-object.ts';
import type { EngineEvent } from '../ports.ts';
import type { EngineHttp } from './docker-http.ts';
import { LineSplitter } from './line-splitter.ts';

const TYPES = ['container', 'network', 'volume', 'image'] as const;
const LONGEST_EVENT = 1_000_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Hands out the engine's events until `signal` aborts, over as many connections as it takes. The engine keeps only
 * 256 events and drops them for a slow listener, so nothing is asked again with `since`: `onGap` tells the caller to
 * list instead, after each connect and when a connection is lost: only who asks learns that the engine is away, which
 * no event tells. An engine that is away is tried again after 0.1 s, then ever later, up to 5 s.
 */
export async function watchEvents(
  engine: EngineHttp,
  connectMs: number,
  onEvent: (event: EngineEvent) => void,
  onGap: () => void,
  signal: AbortSignal,
): Promise<void> {
  const request = {
    what: 'watch events',
    method: 'GET',
    path: '/events',
    query: { filters: JSON.stringify({ type: TYPES }) },
  } as const;
  for (let failures = 0; !signal.aborted; failures += 1) {
    const began = performance.now();
    // Failing to connect is the same as being cut off: every other call to the engine reports why.
    const reply = await engine.stream(request, connectMs, signal).catch(() => null);
    if (reply !== null && !signal.aborted) {
      onGap();
      const lines = new LineSplitter(LONGEST_EVENT);
      for await (const chunk of chunksUntilCut(reply)) {
        for (const line of lines.push(chunk)) {
          const event = parseEvent(line);
          if (event !== null) onEvent(event);
        }
      }
      if (!signal.aborted) onGap();
    }
    if (performance.now() - began > LONGEST_PAUSE_MS) failures = 0;
    await pause(failures, signal);
  }
}

/** A cut connection ends the chunks as its orderly end does. What the consumer throws passes through. */
async function* chunksUntilCut(reply: IncomingMessage): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterable<Uint8Array> = reply;
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch(() => null);
      if (next === null || next.done === true) return;
      yield next.value;
    }
  } finally {
    reply.destroy();
  }
}

/** Jitter keeps many nodes of one host from coming back at once. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  await delay(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** One line of `GET /events`; null when it is none, for a stream is not worth losing over a line. */
export function parseEvent(line: string): EngineEvent | null {
  const raw = parseJson(line);
  if (!isObject(raw) || !isObject(raw['Actor']) || typeof raw['Action'] !== 'string') return null;
  const { ID, Attributes } = raw['Actor'];
  if (typeof ID !== 'string') return null;
  const attributes = stringsOf(Attributes);
  const type = TYPES.find((known) => known === raw['Type']) ?? 'other';
  return {
    type,
    action: raw['Action'],
    id: type === 'network' ? (attributes['container'] ?? ID) : ID,
    name: type === 'container' ? (attributes['name'] ?? null) : null,
    attributes,
    time: millisecondsOf(raw),
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function stringsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );
}

function millisecondsOf(raw: Readonly<Record<string, unknown>>): number {
  // `timeNano` is beyond the integers that a double holds, by less than a microsecond.
  if (typeof raw['timeNano'] === 'number') return Math.floor(raw['timeNano'] / 1e6);
  return typeof raw['time'] === 'number' ? raw['time'] * 1000 : 0;
}
