import Type, { type Static } from 'typebox';
import { nodeHead, outcome, tenantStatus } from './status.ts';

/**
 * The node link, version 1: what goes through the WebSocket that a node opens to its control node. Outward: statuses,
 * outcomes, events, observed state, logs. Inward: what was received, that there is a newer revision, and whose logs
 * somebody looks at. Nothing that comes in can change anything on a node.
 *
 * Everything that must arrive is an entry of the node's outbox, which is a file with a name (`outbox`) and numbers that
 * only grow; the control node acknowledges a number once the entry is in its store, in the same transaction. Log lines
 * are not entries: they are lost when nobody takes them.
 */
const text = Type.String();
const at = Type.Number({ description: 'Milliseconds since the epoch.' });
const digest = Type.String({
  description: 'sha256 of the canonical JSON (RFC 8785), hex.',
  pattern: '^[0-9a-f]{64}$',
});
const oid = Type.String({ pattern: '^[0-9a-f]{40}$' });

/** The node's head when it changed, and the statuses that did. */
const statusEntry = Type.Object({
  kind: Type.Literal('status'),
  head: nodeHead,
  tenants: Type.Array(tenantStatus, { description: 'Only those that differ from what was said before.' }),
  removed: Type.Array(text, { description: 'Tenants that are no longer on the node.' }),
  whole: Type.Boolean({ description: 'Whether `tenants` is all of them: what is not named is gone.' }),
});

const outcomeEntry = Type.Object({ kind: Type.Literal('outcome'), result: outcome });

/** Something that happened: of the bridge (QR codes among them), or of the engine. */
const eventEntry = Type.Object({
  kind: Type.Literal('event'),
  tenant: Type.Union([text, Type.Null()]),
  at,
  type: Type.String({ description: '`qr`, `connected`, `disconnected`, `expired`, `container/die`, …' }),
  data: Type.Record(text, Type.Unknown()),
});

/**
 * The part of the observed state and of the memory that planning reads, redacted: by tenant, only those that changed.
 * `value` is absent where the control node has said that it knows the digest.
 */
const snapshotEntry = Type.Object({
  kind: Type.Literal('snapshot'),
  shared: Type.Optional(Type.Object({ digest, value: Type.Unknown() })),
  tenants: Type.Array(Type.Object({ tenant: text, digest, value: Type.Unknown() })),
  removed: Type.Array(text),
  whole: Type.Boolean(),
});

export const linkEntry = Type.Union([statusEntry, outcomeEntry, eventEntry, snapshotEntry]);

export const nodeMessage = Type.Union([
  Type.Object({
    type: Type.Literal('hello'),
    protocol: Type.Literal(1),
    node: text,
    platform: text,
    version: text,
    outbox: Type.String({ description: 'Name of the outbox: another one begins anew.', maxLength: 64 }),
  }),
  Type.Object({ type: Type.Literal('entry'), seq: Type.Integer({ minimum: 1 }), at, entry: linkEntry }),
  Type.Object({
    type: Type.Literal('log'),
    tenant: text,
    lines: Type.Array(Type.Object({ at: text, stream: text, line: text })),
  }),
]);

export const controlMessage = Type.Union([
  Type.Object({
    type: Type.Literal('welcome'),
    accepted: Type.Integer({
      description: 'The last number of this outbox that is in the store.',
      minimum: 0,
    }),
    revision: Type.Union([oid, Type.Null()]),
  }),
  Type.Object({ type: Type.Literal('ack'), seq: Type.Integer({ minimum: 0 }) }),
  Type.Object({ type: Type.Literal('revision'), oid }),
  Type.Object({
    type: Type.Literal('looked-at'),
    tenants: Type.Array(text, { description: 'Whose logs somebody follows now; all others may stop.' }),
  }),
]);

/** Where the link is, and what its tokens say. */
export const link = {
  path: '/v1/link',
  enrolPath: '/v1/nodes/enrol',
  audience: 'tenantry-control',
  scope: 'link',
  /** Seconds that a node's token is good for. */
  tokenSeconds: 60,
} as const;

export type LinkEntry = Static<typeof linkEntry>;
export type NodeMessage = Static<typeof nodeMessage>;
export type ControlMessage = Static<typeof controlMessage>;
