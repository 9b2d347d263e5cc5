import Type, { type Static } from 'typebox';

/**
 * What a node says of its tenants, as it travels to the control node. The reconciler's own types
 * (`reconciler/report/status.ts`) are assignable to these; a node may be newer and say more, so unknown fields are let
 * through and lost.
 */
const text = Type.String();
const at = Type.Number({ description: 'Milliseconds since the epoch.' });
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const word = <const W extends readonly [string, ...string[]]>(words: W) =>
  Type.Unsafe<W[number]>({ type: 'string', enum: [...words] });

export const problem = Type.Object({
  code: text,
  severity: word(['error', 'warning']),
  path: text,
  line: Type.Number(),
  column: Type.Number(),
  pointer: text,
  message: text,
});

export const causingEvent = Type.Object({ action: text, time: at, detail: text });

export const change = Type.Object({
  resource: Type.Object({ kind: text, name: text }),
  kind: word(['create', 'update', 'replace', 'remove']),
  fields: Type.Array(
    Type.Object({
      path: text,
      desired: Type.Optional(Type.Unknown()),
      actual: Type.Optional(Type.Unknown()),
    }),
  ),
  cause: word(['commit', 'drift']),
  since: Type.Optional(at),
  event: Type.Optional(causingEvent),
});

export const refusal = Type.Object({ reason: text, message: text });

export const outcome = Type.Object({
  tenant: text,
  revision: orNull(text),
  outcome: word(['done', 'failed', 'rolled-back', 'interrupted']),
  steps: Type.Array(text, { description: 'Sentences of the steps that were carried out, in order.' }),
  error: orNull(Type.Object({ code: text, message: text, retry: word(['backoff', 'never']) })),
  at,
  ms: Type.Number(),
});

export const tokenOutcome = Type.Object({
  token: text,
  state: word(['asked', 'waiting-for-scan', 'connected', 'disconnected', 'expired', 'failed', 'unknown']),
  at,
  detail: text,
});

export const phase = word(['InSync', 'Progressing', 'Drifted', 'Held', 'Degraded', 'Failed', 'Suspended']);

export const tenantStatus = Type.Object({
  tenant: text,
  phase,
  reason: text,
  since: at,
  revision: orNull(text),
  state: text,
  health: Type.Object({
    state: word(['healthy', 'unhealthy', 'starting', 'unknown', 'none']),
    detail: text,
  }),
  image: orNull(text),
  imageId: orNull(text),
  containerId: orNull(text),
  startedAt: orNull(text),
  address: orNull(text),
  changes: Type.Array(change),
  refusals: Type.Array(refusal),
  problems: Type.Array(problem),
  lastResult: orNull(outcome),
  quarantine: orNull(Type.Object({ specHash: text, revision: text, reason: text, at })),
  pairing: orNull(tokenOutcome),
  disconnect: orNull(tokenOutcome),
});

/** A node's status without its tenants. */
export const nodeHead = Type.Object({
  platform: text,
  node: text,
  engine: Type.Object({ id: text, version: text, apiVersion: text }),
  pid: orNull(Type.Number()),
  revision: text,
  baseRevision: text,
  source: Type.Object({ state: text, detail: text, since: at }),
  at,
  holds: Type.Array(Type.Object({ kind: text, tenants: Type.Array(text), message: text })),
  retained: Type.Array(Type.Object({ volume: text, tenant: text })),
  problems: Type.Array(problem),
  notActedOn: Type.Array(Type.Object({ kind: text, path: text })),
  lastPass: Type.Object({ reads: Type.Number(), mutations: Type.Number(), ms: Type.Number() }),
  trouble: orNull(Type.Object({ since: at, message: text })),
});

export type WireTenantStatus = Static<typeof tenantStatus>;
export type WireNodeHead = Static<typeof nodeHead>;
export type WireOutcome = Static<typeof outcome>;
