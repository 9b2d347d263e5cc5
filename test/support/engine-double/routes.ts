import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Documents } from './documents.ts';
import type { EngineParts } from './engine.ts';
import type { CallKind, Latency } from './latency.ts';
import type { Output } from './output.ts';

/** What a request's handler has at hand. */
export interface Asked {
  readonly engine: EngineParts & { readonly documents: Documents; readonly output: Output };
  readonly latency: Latency;
  /** What stood for the part in braces of the path template. */
  readonly ref: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: object;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What a handler answers: a status with JSON text, or null where it has answered by itself. */
export type Answer = { readonly status: number; readonly json: string | null } | null;

export type Handler = (asked: Asked) => Answer | Promise<Answer>;

/** By method and path template: `POST /containers/{id}/start`. */
export type Routes = Readonly<Record<string, Handler>>;

export function json(value: unknown, status = 200): Answer {
  return { status, json: JSON.stringify(value) };
}

/** Waits as long as the engine would, then acts at once and answers 204. */
export function timed(kind: CallKind, act: (asked: Asked) => unknown, status = 204): Handler {
  return async (asked) => {
    await asked.latency.spend(kind);
    act(asked);
    return { status, json: null };
  };
}

/** The API's way to say yes: `1`, `true` and `True`. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no', 'none'].includes(value.trim().toLowerCase());
}
