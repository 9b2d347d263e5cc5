import Type, { type Static } from 'typebox';
import { change, outcome, phase, problem, tenantStatus } from '../../../schemas/link/status.ts';
import { at, commitRef, oid, orNull, text, word } from './common.ts';

/** One line of the fleet: what the list shows, and what the socket sends when it changes. */
export const tenantSummary = Type.Object({
  name: text,
  node: text,
  phase: Type.Union([phase, word(['Unknown'])], {
    description: '`Unknown`: its node has not said anything of it yet.',
  }),
  reason: text,
  since: at,
  state: text,
  health: Type.Object({ state: text, detail: text }),
  /** What runs, and what Git asks for. */
  image: orNull(text),
  desiredImage: orNull(text),
  desiredState: word(['running', 'stopped', 'invalid', 'removed']),
  channel: orNull(text),
  plan: orNull(text),
  owner: text,
  subdomain: orNull(text),
  labels: Type.Record(text, text),
  revision: orNull(text),
  /** Differences by cause. */
  drift: Type.Integer(),
  pending: Type.Integer(),
  problems: Type.Integer(),
  /** When its node last said something of it, or while the node is away, when that was last heard of; null before it has. */
  updatedAt: orNull(at),
  /** Whether the node is linked now: then what is told is of now, however long ago it was news. */
  linked: Type.Boolean(),
});

export const tenantPage = Type.Object({
  items: Type.Array(tenantSummary),
  total: Type.Integer({ description: 'How many match.' }),
  next: orNull(Type.String({ description: 'Cursor of the next page.' })),
  counts: Type.Record(text, Type.Integer(), { description: 'Of all that the caller may see, by phase.' }),
  revision: orNull(oid),
});

/** A file of the tenant, or of the library that it names. */
export const tenantFile = Type.Object({
  path: text,
  kind: word(['tenant', 'prompt', 'skill', 'job', 'site', 'secrets']),
  name: text,
  shared: Type.Boolean({ description: 'From the library: edited for all who name it, by operators only.' }),
});

/** `GET /v1/tenants/{id}/status` */
export const tenantDetail = Type.Object({
  summary: tenantSummary,
  status: orNull(tenantStatus),
  /** The newest revision and the newest commit that touched the tenant. */
  revision: oid,
  lastCommit: orNull(commitRef),
  files: Type.Array(tenantFile),
  problems: Type.Array(problem),
  secrets: Type.Array(text, { description: 'Names only.' }),
  volumes: Type.Array(Type.Object({ name: text, mountPath: text })),
  whatsapp: Type.Object({
    enabled: Type.Boolean(),
    qr: orNull(Type.Object({ code: text, expiresAt: at })),
  }),
  may: Type.Array(text, {
    description: 'What the caller may do to it: `config`, `prompts`, `runtime`, `image`, …',
  }),
});

/** `GET /v1/tenants/{id}/drift` */
export const tenantDrift = Type.Object({
  tenant: text,
  revision: orNull(text),
  /** Until when this held for certain: null while the node is linked, for then it holds now, and before it has spoken. */
  asOf: orNull(at),
  changes: Type.Array(
    Type.Intersect([
      change,
      Type.Object({
        /** Fields that can be accepted into Git, with the place in the tenant's file that takes them. */
        acceptable: Type.Array(Type.Object({ path: text, pointer: text })),
      }),
    ]),
  ),
  healing: word(['heal', 'report']),
});

/** `GET /v1/tenants/{id}/config`, and each prompt and skill: a file with the revision that it was read at. */
export const fileView = Type.Object({
  base: oid,
  path: text,
  name: text,
  text,
  value: Type.Unknown({ description: 'The same as JSON; null where it does not parse.' }),
  schema: Type.String({ description: 'Address of its JSON Schema.' }),
  shared: Type.Boolean(),
  editable: Type.Array(text, {
    description: 'JSON pointers that the caller may change, with all below; "" is all.',
  }),
});
export const fileList = Type.Object({ base: oid, items: Type.Array(fileView) });

export const tenantEvent = Type.Object({
  id: Type.Integer(),
  at,
  node: text,
  tenant: orNull(text),
  type: text,
  data: Type.Record(text, Type.Unknown()),
});
export const eventPage = Type.Object({ items: Type.Array(tenantEvent), next: orNull(text) });

export const logLine = Type.Object({ at: text, stream: text, line: text });

export type TenantSummary = Static<typeof tenantSummary>;
export type TenantPage = Static<typeof tenantPage>;
export type TenantDetail = Static<typeof tenantDetail>;
export type TenantDrift = Static<typeof tenantDrift>;
export type FileView = Static<typeof fileView>;
export type FileList = Static<typeof fileList>;
export type TenantEvent = Static<typeof tenantEvent>;
export type EventPage = Static<typeof eventPage>;
export type LogLine = Static<typeof logLine>;
export type Outcome = Static<typeof outcome>;
