import Type, { type Static } from 'typebox';
import { oid, text } from './common.ts';
import { commitProgress } from './edit.ts';
import { nodeView } from './platform.ts';
import { logLine, tenantEvent, tenantSummary } from './tenant.ts';

/**
 * `GET /v1/events/ws`. A client subscribes to topics and gets what it may see of them: `tenants`, `tenant:acme`,
 * `logs:acme`, `nodes`, `commits`, `attention`. A topic that it may not see is answered with an error and nothing else. What is sent
 * is the newest state, so that a client that is slow gets fewer messages and never an old one last.
 */
export const clientMessage = Type.Union([
  Type.Object({ type: Type.Literal('subscribe'), topics: Type.Array(text, { maxItems: 100 }) }),
  Type.Object({ type: Type.Literal('unsubscribe'), topics: Type.Array(text, { maxItems: 100 }) }),
  /** Answered with `pong`: who hears nothing for long asks whether the line still leads anywhere. */
  Type.Object({ type: Type.Literal('ping') }),
]);

export const serverMessage = Type.Union([
  Type.Object({ type: Type.Literal('subscribed'), topics: Type.Array(text) }),
  Type.Object({ type: Type.Literal('pong') }),
  Type.Object({ type: Type.Literal('refused'), topic: text, detail: text }),
  Type.Object({ type: Type.Literal('tenant'), tenant: tenantSummary }),
  Type.Object({ type: Type.Literal('tenant-gone'), name: text }),
  Type.Object({ type: Type.Literal('event'), event: tenantEvent }),
  Type.Object({ type: Type.Literal('log'), tenant: text, lines: Type.Array(logLine) }),
  Type.Object({ type: Type.Literal('node'), node: nodeView }),
  /** So many things need a person now. */
  Type.Object({ type: Type.Literal('attention'), waiting: Type.Integer() }),
  /** The branch moved. */
  Type.Object({ type: Type.Literal('revision'), revision: oid }),
  Type.Object({ type: Type.Literal('progress'), progress: commitProgress }),
  /** Messages were dropped because the client was slow: read again what you show. */
  Type.Object({ type: Type.Literal('gap') }),
]);

export type ClientMessage = Static<typeof clientMessage>;
export type ServerMessage = Static<typeof serverMessage>;
