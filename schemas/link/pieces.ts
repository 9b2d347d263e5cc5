import Type from 'typebox';
import { causingEvent, tokenOutcome } from './status.ts';

/**
 * The pieces of a node's snapshot as they travel: what passes these is a `TenantPiece` or a `SharedPiece` of
 * `reconciler/plan/snapshot.ts`, so that planning can read it. A node may be newer and say more.
 */
const text = Type.String();
const count = Type.Number();
const at = Type.Number({ description: 'Milliseconds since the epoch.' });
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const by = <T extends Type.TSchema>(schema: T) => Type.Record(text, schema);
const word = <const W extends readonly [string, ...string[]]>(words: W) =>
  Type.Unsafe<W[number]>({ type: 'string', enum: [...words] });

const secretValue = Type.Object({ secret: text, fingerprint: orNull(text) });
const words = Type.Array(text);

const spec = Type.Object({
  image: text,
  command: orNull(words),
  user: orNull(text),
  env: by(Type.Union([text, secretValue])),
  mounts: by(Type.Object({ type: word(['bind', 'volume']), source: text, readOnly: Type.Boolean() })),
  tmpfs: by(text),
  readOnlyRoot: Type.Boolean(),
  healthcheck: orNull(
    Type.Object({
      command: words,
      intervalMs: count,
      timeoutMs: count,
      retries: count,
      startPeriodMs: count,
    }),
  ),
  labels: by(text),
  networks: words,
  memoryBytes: count,
  memorySwapBytes: count,
  nanoCpus: count,
  pids: count,
  restartPolicy: text,
  forbidden: by(Type.Unknown()),
});

const container = Type.Object({
  id: text,
  name: text,
  spec,
  specHash: orNull(text),
  revision: orNull(text),
  imageId: text,
  image: Type.Object({ env: by(text), command: orNull(words), user: orNull(text) }),
  state: word(['created', 'running', 'paused', 'restarting', 'exited', 'removing', 'dead']),
  exitCode: count,
  error: text,
  oomKilled: Type.Boolean(),
  restartCount: count,
  startedAt: text,
  finishedAt: text,
  health: orNull(word(['starting', 'healthy', 'unhealthy'])),
  addresses: by(text),
});

const memory = Type.Object({
  applied: orNull(Type.Object({ revision: text, specHash: text, fields: by(Type.Unknown()) })),
  quarantine: orNull(Type.Object({ specHash: text, revision: text, reason: text, at })),
  reloadPending: Type.Boolean(),
  remountBefore: orNull(at),
  pairing: orNull(tokenOutcome),
  disconnect: orNull(tokenOutcome),
  seen: by(Type.Object({ since: at, event: Type.Optional(causingEvent) })),
});

export const tenantPiece = Type.Object({
  observed: Type.Object({
    containers: Type.Array(container),
    files: orNull(by(text)),
    secretFiles: orNull(by(secretValue)),
  }),
  memory,
  volumes: Type.Array(Type.Object({ name: text, tenant: orNull(text), driver: text, options: by(text) })),
  strangers: by(text),
  fingerprints: by(orNull(text)),
});

export const sharedPiece = Type.Object({
  networks: Type.Array(
    Type.Object({ id: text, name: text, owned: Type.Boolean(), subnet: text, isolated: Type.Boolean() }),
  ),
  images: by(Type.Boolean()),
  swapLimit: Type.Boolean(),
  folders: Type.Object({ dataDir: text, secretsDir: text }),
});
