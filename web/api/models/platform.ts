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
  phases: Type.Record(text, Type.Integer()),
  outbox: Type.Object({ received: Type.Integer(), lastAt: orNull(at) }),
});
export const nodeList = Type.Object({ items: Type.Array(nodeView), revision: orNull(oid) });

/** `GET /v1/overview`: the fleet at a glance. */
export const overview = Type.Object({
  platform: text,
  revision: orNull(oid),
  head: orNull(commitRef),
  phases: Type.Record(text, Type.Integer()),
  tenants: Type.Integer(),
  drifted: Type.Integer(),
  nodes: Type.Array(Type.Object({ name: text, linked: Type.Boolean(), behind: orNull(Type.Integer()) })),
  /** What needs a person, longest first. */
  attention: Type.Array(
    Type.Object({ tenant: orNull(text), node: text, phase: text, reason: text, since: at }),
  ),
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
export type PlanList = Static<typeof planList>;
export type ChannelList = Static<typeof channelList>;
export type AuditPage = Static<typeof auditPage>;
export type AccessList = Static<typeof accessList>;
