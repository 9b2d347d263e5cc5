import Type, { type Static } from 'typebox';
import { nodeHead, outcome, tenantStatus } from './status.ts';

/**
 * The node link, version 1: what goes through the WebSocket that a node opens to its control node. Outward: statuses,
 * outcomes, events, observed state, logs. Inward: what was received, that there is a newer revision, and whose logs
 * somebody looks at. Nothing that comes in can change anything on a node.
 *
 * Everything that must arrive is an entry of the node's outbox, which is a file with a name (`outbox`) and numbers that
 * only grow; the control node acknowledges a number once the entry is in its store, in the same transaction. What a node
 * says of an outbox that cannot be written is no entry, and neither are log lines and QR codes: they are lost when nobody
 * takes them. A QR code is a credential while it lasts, so it is shown and stored nowhere.
 */
const text = Type.String();
const at = Type.Number({ description: 'Milliseconds since the epoch.' });
const digest = Type.String({
  description: 'sha256 of the canonical JSON (RFC 8785), hex.',
  pattern: '^[0-9a-f]{64}$',
});
const oid = Type.String({ pattern: '^[0-9a-f]{40}$' });

/** Tenants' names are also keys of the store: nothing else gets in there. */
const name = Type.String({ pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', maxLength: 63 });
const removed = Type.Array(name, { description: 'Tenants that are no longer on the node.' });
const present = Type.Optional(
  Type.Array(name, { description: 'All tenants of the node, where it says so: what is not named is gone.' }),
);

/**
 * The node's head when it changed, and the statuses that did. A tenant that was at the node's `baseRevision` goes with
 * it: when a commit changes nothing else of its status, the head alone says so.
 */
const statusEntry = Type.Object({
  kind: Type.Literal('status'),
  head: nodeHead,
  tenants: Type.Array(Type.Intersect([tenantStatus, Type.Object({ tenant: name })]), {
    description: 'Only those that differ from what was said before.',
  }),
  removed,
  present,
});

const outcomeEntry = Type.Object({ kind: Type.Literal('outcome'), result: outcome });

/** Something that happened: of the bridge, of the engine, or of the outbox itself. A QR code as an entry is refused. */
const eventEntry = Type.Object({
  kind: Type.Literal('event'),
  tenant: Type.Union([name, Type.Null()]),
  at,
  type: Type.String({
    description:
      '`connected`, `disconnected`, `expired`, `container/die`, … and `outbox/lost`: entries `from` to `to` are gone.',
    pattern: '^(?!qr$)[a-z0-9][a-z0-9_/-]*$',
    maxLength: 64,
  }),
  data: Type.Record(text, Type.Unknown()),
  once: Type.Optional(
    Type.String({
      description: 'The same for the same thing told again, as a runtime does after a restart of its node.',
      pattern: '^[0-9a-f]{32}$',
    }),
  ),
});

/**
 * The part of the observed state and of the memory that planning reads, redacted: by tenant, only those that changed.
 * The values are those of `pieces.ts`, and judged apart: an entry that were refused for them would stop the link for good.
 */
const snapshotEntry = Type.Object({
  kind: Type.Literal('snapshot'),
  shared: Type.Optional(Type.Object({ digest, value: Type.Unknown() })),
  tenants: Type.Array(Type.Object({ tenant: name, digest, value: Type.Unknown() })),
  removed,
  present,
});

export const linkEntry = Type.Union([statusEntry, outcomeEntry, eventEntry, snapshotEntry]);

export const nodeMessage = Type.Union([
  Type.Object({
    type: Type.Literal('hello'),
    protocol: Type.Literal(1),
    node: text,
    platform: text,
    version: text,
    outbox: Type.String({
      description: 'Name of the outbox: another one begins anew.',
      pattern: '^[a-z0-9-]{1,64}$',
    }),
  }),
  Type.Object({
    type: Type.Literal('entry'),
    seq: Type.Integer({ minimum: 1 }),
    from: Type.Optional(
      Type.Integer({
        description:
          'First number that the entry stands for, where those before it are gone. Without: `seq`.',
        minimum: 1,
      }),
    ),
    at,
    entry: linkEntry,
  }),
  Type.Object({
    type: Type.Literal('qr'),
    tenant: name,
    code: Type.String({ maxLength: 65_536 }),
    expiresAt: at,
  }),
  Type.Object(
    {
      type: Type.Literal('unwritten'),
      trouble: Type.Union([
        Type.Object({ since: at, message: Type.String({ maxLength: 4_096 }) }),
        Type.Null(),
      ]),
    },
    {
      description:
        "The disk of the node's outbox takes no entry, so that what it says is old; null when it does again.",
    },
  ),
  Type.Object({
    type: Type.Literal('log'),
    tenant: name,
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
  /** Close codes: nothing was wrong with the node's key or words, but it is not to go on. */
  replaced: 4001,
  revoked: 4003,
  /** What was sent does not follow what was accepted, or is not of this protocol. */
  refused: 4004,
  audience: 'tenantry-control',
  scope: 'link',
  /** Header `typ` of a node's token, so that no other JWT passes for one. */
  tokenType: 'node+jwt',
  /** Seconds that a node's token is good for. */
  tokenSeconds: 60,
} as const;

export type LinkEntry = Static<typeof linkEntry>;
export type NodeMessage = Static<typeof nodeMessage>;
export type ControlMessage = Static<typeof controlMessage>;
