import { type IncomingMessage, request } from 'node:http';
import { addAbortSignal } from 'node:stream';
import { isObject } from '../../schemas/is-object.ts';
import { ReconcilerError } from '../errors.ts';
import type { Bridge, BridgeEvent, BridgeStatus, BridgeTarget } from '../ports.ts';
import { BridgeEventReader } from './bridge-events.ts';

const ANSWER_MS = 5_000;
/** A living runtime sends at least a comment every 15 s. */
const SILENCE_MS = 45_000;
const LARGEST_ANSWER = 64 * 1024;
/** What can be sent in a header as it stands. */
const TOKEN = /^[\x21-\x7e]{1,128}$/;
const STATES = ['disconnected', 'pairing', 'connected'] as const;

/**
 * HTTP calls to a runtime's bridge. What a runtime answers is bounded in size and time and checked: it is the tenant's
 * own program.
 * @param options `silenceMs`: an event stream that says nothing for so long is taken for dead (default 45 s)
 */
export function createBridge(options: { readonly silenceMs?: number } = {}): Bridge {
  const silenceMs = options.silenceMs ?? SILENCE_MS;
  return {
    async status(target) {
      const what = `read the bridge status of ${nameOf(target)}`;
      const { code, text } = await call(what, target, 'GET', '/bridge/status', {});
      if (code !== 200) throw refused(what, code, text);
      return parseStatus(what, text);
    },
    pair: (target, token) => act('pair', target, token),
    disconnect: (target, token) => act('disconnect', target, token),
    async events(target, onEvent, signal, after) {
      const what = `follow the bridge events of ${nameOf(target)}`;
      const headers = after === undefined ? {} : { 'last-event-id': String(after) };
      signal.throwIfAborted();
      const timer = new AbortController();
      const late = setTimeout(() => timer.abort(), ANSWER_MS);
      const accept = { accept: 'text/event-stream', ...headers };
      const begin = AbortSignal.any([signal, timer.signal]);
      const reply = await open(what, target, 'GET', '/bridge/events', accept, begin)
        .catch((error: unknown) => {
          if (signal.aborted) return null;
          throw error;
        })
        .finally(() => clearTimeout(late));
      if (reply === null) return;
      if (reply.statusCode !== 200) {
        throw refused(
          what,
          reply.statusCode ?? 0,
          await readBounded(addAbortSignal(AbortSignal.timeout(ANSWER_MS), reply)),
        );
      }
      await readEvents(reply, onEvent, signal, silenceMs);
    },
  };
}

async function readEvents(
  reply: IncomingMessage,
  onEvent: (event: BridgeEvent) => void,
  signal: AbortSignal,
  silenceMs: number,
): Promise<void> {
  const reader = new BridgeEventReader(() => performance.now());
  const stop = () => reply.destroy();
  // A container that is removed takes its end of the connection along without a word.
  const silence = setTimeout(stop, silenceMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      reply.on('data', (chunk: Uint8Array) => {
        if (signal.aborted) return;
        silence.refresh();
        try {
          for (const event of reader.push(chunk)) onEvent(event);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      reply.on('error', () => resolve());
      reply.on('close', () => resolve());
    });
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', stop);
    reply.destroy();
  }
}

/** The token makes it at most once: the runtime answers 202 to a new one and 200 to one that it has seen. */
async function act(verb: 'pair' | 'disconnect', target: BridgeTarget, token: string): Promise<void> {
  const what = `${verb} ${nameOf(target)}`;
  if (!TOKEN.test(token)) {
    const message = `cannot ${what}: the token ${JSON.stringify(token)} is not 1 to 128 visible ASCII characters`;
    throw new ReconcilerError('bridge/bad-token', message, { retry: 'never' });
  }
  const { code, text } = await call(what, target, 'POST', `/bridge/${verb}`, { 'idempotency-key': token });
  if (code !== 200 && code !== 202) throw refused(what, code, text);
}

type Headers = Readonly<Record<string, string>>;

async function call(
  what: string,
  target: BridgeTarget,
  method: 'GET' | 'POST',
  path: string,
  headers: Headers,
): Promise<{ readonly code: number; readonly text: string }> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const reply = await open(what, target, method, path, headers, signal);
  try {
    return { code: reply.statusCode ?? 0, text: await readBounded(addAbortSignal(signal, reply)) };
  } catch (error) {
    throw error instanceof ReconcilerError ? error : unreachable(what, signal, error);
  }
}

function open(
  what: string,
  target: BridgeTarget,
  method: 'GET' | 'POST',
  path: string,
  headers: Headers,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const options = { host: target.address, port: target.port, path, method, headers, signal, agent: false };
    request(options, resolve).on('error', reject).end();
  }).catch((error: unknown) => {
    throw unreachable(what, signal, error);
  });
}

async function readBounded(reply: IncomingMessage): Promise<string> {
  const chunks: AsyncIterable<Uint8Array> = reply;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw invalid(`the runtime answered more than ${LARGEST_ANSWER} bytes`);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parseStatus(what: string, text: string): BridgeStatus {
  const complaint = `cannot ${what}: the answer is not a bridge status`;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw invalid(complaint, cause);
  }
  const state = isObject(body) ? STATES.find((known) => known === body['state']) : undefined;
  if (!isObject(body) || state === undefined) throw invalid(complaint);
  const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    state,
    lastPairing: textOrNull(body['lastPairing']),
    pairingOutcome: textOrNull(body['pairingOutcome']),
    lastDisconnect: textOrNull(body['lastDisconnect']),
  };
}

function nameOf(target: BridgeTarget): string {
  return `the runtime at ${target.address}:${target.port}`;
}

function unreachable(what: string, signal: AbortSignal, cause: unknown): ReconcilerError {
  const late = `no answer within ${ANSWER_MS / 1000} s`;
  const why = signal.aborted ? late : cause instanceof Error ? cause.message : String(cause);
  return new ReconcilerError('bridge/unreachable', `cannot ${what}: ${why}`, { retry: 'backoff', cause });
}

function refused(what: string, code: number, text: string): ReconcilerError {
  const retry = code >= 400 && code < 500 && code !== 409 && code !== 429 ? 'never' : 'backoff';
  const said = complaintIn(text).slice(0, 200);
  return new ReconcilerError('bridge/failed', `cannot ${what}: HTTP ${code}${said && ` (${said})`}`, {
    retry,
  });
}

/** The `error.message` of a runtime's refusal, or its text as it stands. */
function complaintIn(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body) && isObject(body['error'])) return String(body['error']['message']);
  } catch {
    // Not every runtime answers its errors in JSON.
  }
  return text.trim();
}

function invalid(message: string, cause?: unknown): ReconcilerError {
  return new ReconcilerError('bridge/invalid', message, { retry: 'backoff', cause });
}
