import Type, { type Static } from 'typebox';
import { nodeHead } from '../../../schemas/link/status.ts';
import { at, commitRef, oid, orNull, text, word } from './common.ts';
import { commitProgress } from './edit.ts';

export const roles = ['platform-admin', 'operator', 'tenant-owner', 'viewer'] as const;

/** `GET /v1/me` */
export const me = Type.Object({
  user: Type.Object({ id: text, name: text, email: text }),
  /** Null: signed in, and nobody has given him anything to see. */
  role: orNull(word(roles)),
  /** Of a tenant-owner; everybody else sees all. */
  tenants: Type.Array(text),
  /** To send as `x-csrf-token` with every change made by a browser session. */
  csrf: text,
  may: Type.Array(text),
});

const share = Type.Object({ used: Type.Number(), most: orNull(Type.Number()) });

export const nodeView = Type.Object({
  name: text,
  linked: Type.Boolean(),
  enrolled: Type.Boolean(),
  lastSeen: orNull(at),
  head: orNull(nodeHead),
  revision: orNull(oid),
  /** Commits between what it enforces and the newest; null where that is not known. */
  behind: orNull(Type.Integer()),
  tenants: Type.Integer(),
  /** What its tenants may add up to (null: nobody has said), and what they do as Git asks for them. */
  capacity: Type.Object({
    tenants: share,
    memoryBytes: share,
    nanoCpus: share,
    full: Type.Boolean({ description: 'One of them is used up: no tenant can be added.' }),
  }),
  phases: Type.Record(text, Type.Integer()),
  outbox: Type.Object({ received: Type.Integer(), lastAt: orNull(at) }),
});
export const nodeList = Type.Object({ items: Type.Array(nodeView), revision: orNull(oid) });

/** Something that needs a person, why, since when, and where to go on. */
const attentionItem = Type.Object({
  kind: word(['repository', 'node', 'away', 'hold', 'tenant']),
  tenant: orNull(text),
  node: orNull(text),
  phase: text,
  reason: text,
  since: orNull(at),
  action: orNull(
    word(['approve', 'compare', 'log', 'history', 'files'], {
      description: 'Approve the hold, or look at the differences, the log, the commits or the files.',
    }),
  ),
});

/** `GET /v1/overview`: the fleet at a glance. */
export const overview = Type.Object({
  platform: text,
  revision: orNull(oid),
  head: orNull(commitRef),
  phases: Type.Record(text, Type.Integer()),
  tenants: Type.Integer(),
  away: Type.Integer({
    description: 'Tenants on nodes that are away: what is told of them is their last word.',
  }),
  drifted: Type.Integer(),
  nodes: Type.Array(Type.Object({ name: text, linked: Type.Boolean(), behind: orNull(Type.Integer()) })),
  /** What needs a person, the first of `waiting`. */
  attention: Type.Array(attentionItem),
  waiting: Type.Integer({ description: 'How many things need a person.' }),
  commits: Type.Array(commitProgress),
  problems: Type.Array(Type.Unknown()),
});

/** `GET /v1/plans`: what a tenant can be on, with what it may use at most where the plan says so. */
export const planList = Type.Object({
  base: orNull(oid),
  items: Type.Array(Type.Object({ name: text, memory: orNull(text), cpus: orNull(text) })),
});

/** `GET /v1/channels` */
export const channelList = Type.Object({
  base: orNull(oid),
  items: Type.Array(
    Type.Object({
      name: text,
      images: Type.Record(text, text),
      promotesTo: orNull(text),
      /** Tenants that follow it, and how many of them run which image. */
      tenants: Type.Integer(),
      running: Type.Record(text, Type.Integer()),
    }),
  ),
});

export const outcomes = ['done', 'refused', 'failed'] as const;

/** `GET /v1/audit` */
export const auditPage = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.Integer(),
      at,
      who: text,
      action: text,
      target: text,
      outcome: word(outcomes),
      reason: text,
      from: Type.String({ description: 'Address and what the client calls itself.' }),
      commit: orNull(oid),
    }),
  ),
  next: orNull(text),
  /** All actions that there are, to choose from. */
  actions: Type.Array(text),
});

/** `GET /v1/access`: who may do what, and from where that comes. */
export const accessList = Type.Object({
  people: Type.Array(
    Type.Object({
      email: text,
      name: orNull(text),
      role: word(roles),
      tenants: Type.Array(text),
      /** The file that grants it, or `setup` for the first administrator. */
      source: text,
      signedUp: Type.Boolean(),
      lastSeen: orNull(at),
    }),
  ),
  invitations: Type.Array(Type.Object({ email: text, by: text, expires: at })),
});

export type Role = (typeof roles)[number];
export type Me = Static<typeof me>;
export type NodeView = Static<typeof nodeView>;
export type NodeList = Static<typeof nodeList>;
export type Overview = Static<typeof overview>;
export type AttentionItem = Static<typeof attentionItem>;
export type PlanList = Static<typeof planList>;
export type ChannelList = Static<typeof channelList>;
export type AuditPage = Static<typeof auditPage>;
export type AccessList = Static<typeof accessList>;
