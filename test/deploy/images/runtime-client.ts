import { until } from '../../support/engine-wait.ts';

/** One answer of the runtime, read whole. */
interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Speaks to a runtime over HTTP as the reconciler does. */
export interface RuntimeClient {
  get(path: string): Promise<Answer>;
  put(path: string, text: string): Promise<Answer>;
  /** POSTs with `Idempotency-Key: <token>`; null sends none. */
  request(path: string, token: string | null): Promise<Answer>;
  text(path: string): Promise<string>;
  /** Waits for any answer, healthy or not. */
  ready(): Promise<Answer>;
  /** The events from after `lastId`, read until `enough` says so. */
  events(
    lastId: number,
    enough: (events: readonly StreamedEvent[]) => boolean,
  ): Promise<readonly StreamedEvent[]>;
}

export interface StreamedEvent {
  readonly id: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function runtimeClient(origin: string): RuntimeClient {
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(origin + path, { ...init, signal: AbortSignal.timeout(10_000) });
    return { status: response.status, body: asObject(await response.json()) };
  };
  return {
    get: (path) => ask(path),
    put: (path, text) => ask(path, { method: 'PUT', body: text }),
    request: (path, token) =>
      ask(path, { method: 'POST', headers: token === null ? {} : { 'idempotency-key': token } }),
    text: async (path) => (await fetch(origin + path)).text(),
    ready: () =>
      until('the runtime answers', () => ask('/api/health').catch((error: unknown) => ignoreRefused(error))),
    events: (lastId, enough) => readEvents(origin, lastId, enough),
  };
}

async function readEvents(
  origin: string,
  lastId: number,
  enough: (events: readonly StreamedEvent[]) => boolean,
): Promise<readonly StreamedEvent[]> {
  const reading = new AbortController();
  const bound = setTimeout(() => reading.abort(new Error('waited 20 s in vain for bridge events')), 20_000);
  try {
    const response = await fetch(`${origin}/bridge/events`, {
      headers: { 'last-event-id': String(lastId) },
      signal: reading.signal,
    });
    const events: StreamedEvent[] = [];
    let text = '';
    if (response.body === null) throw new Error('the event stream has no body');
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
      text += part;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      events.push(...blocks.filter((block) => !block.startsWith(':')).map(parseEvent));
      if (enough(events)) return events;
    }
    throw new Error(`the event stream ended early, after ${JSON.stringify(events)}`);
  } finally {
    clearTimeout(bound);
    reading.abort();
  }
}

function parseEvent(block: string): StreamedEvent {
  const fields = new Map(
    block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
  );
  const data: unknown = JSON.parse(fields.get('data') ?? 'null');
  return { id: Number(fields.get('id')), type: fields.get('event') ?? '', data: asObject(data) };
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return Object.fromEntries(Object.entries(value));
}

function ignoreRefused(error: unknown): null {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EHOSTUNREACH') return null;
  throw error;
}
