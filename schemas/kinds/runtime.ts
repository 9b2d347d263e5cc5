import Type from 'typebox';
import { defaults } from '../defaults.ts';
import { patterns } from '../patterns.ts';
import { closed, oneWord } from './envelope.ts';
import { argv, cpus, duration, environment, pids, port, positiveDuration, size } from './fields.ts';

/** Parts of `spec.runtime` that tenants and the platform's defaults write alike. */
const d = defaults.runtime;

export const resources = closed('Limits of the container. The plan gives the default and the maximum.', {
  memory: Type.Optional(size('Memory limit; swap is not added to it.', { default: d.resources.memory })),
  cpus: Type.Optional(
    cpus('Processor time, in processors; 0.5 is half of one.', { default: d.resources.cpus }),
  ),
  pids: Type.Optional(pids('Most processes and threads at once.', { default: d.resources.pids })),
});

const timing = {
  interval: Type.Optional(positiveDuration('Time between two probes.', { default: d.health.interval })),
  timeout: Type.Optional(
    positiveDuration('Time after which a probe counts as failed.', { default: d.health.timeout }),
  ),
  retries: Type.Optional(
    Type.Integer({
      description: 'Failures in a row that make the container unhealthy.',
      minimum: 1,
      maximum: 100,
      default: d.health.retries,
    }),
  ),
  startPeriod: Type.Optional(
    duration('Time after the start in which failures do not count.', { default: d.health.startPeriod }),
  ),
};

const probes = {
  http: Type.Optional(
    closed('Healthy while this answers with a status below 400; probed from the host.', {
      path: Type.String({
        description: 'Path of the request.',
        pattern: patterns.httpPath.source,
        maxLength: 1024,
      }),
      port: port('Port in the container.'),
    }),
  ),
  exec: Type.Optional(
    closed('Healthy while this command ends with 0; run by Docker in the container.', {
      command: argv('Program and arguments; no shell is involved.'),
    }),
  ),
};

/** A tenant names its probe: `http` or `exec`, one of them. */
export const health = closed(
  'How the runtime is known to be well. Exactly one of `http` and `exec`.',
  { ...probes, ...timing },
  { oneOf: [{ required: ['http'] }, { required: ['exec'] }] },
);

/** The platform may set the timing alone, or one probe for tenants that name none. */
export const healthDefaults = closed(
  'Probe and timing for tenants that say nothing. At most one of `http` and `exec`.',
  { ...probes, ...timing },
  { not: { required: ['http', 'exec'] } },
);

export const update = closed('How a container is replaced.', {
  strategy: Type.Optional(
    oneWord(
      '`stop-first` suits runtimes that own their volumes; `start-first` has no gap and runs both for a moment.',
      ['stop-first', 'start-first'],
      { default: d.update.strategy },
    ),
  ),
  drain: Type.Optional(
    duration('Time the old container gets between SIGTERM and SIGKILL.', { default: d.update.drain }),
  ),
});

export const runtimeEnv = environment(
  'Environment variables in plain text. Values are texts: quote numbers. Credentials belong to `tenantry secret set`.',
);

export const readOnlyRoot = Type.Boolean({
  description: 'Whether the root file system is read-only; volumes and tmpfs stay writable.',
  default: d.readOnlyRoot,
});

export const tmpfs = Type.Array(
  closed('One file system in memory.', {
    path: Type.String({
      description: 'Where it is mounted.',
      pattern: patterns.mountPath.source,
      maxLength: 255,
    }),
    size: Type.Optional(
      size('Most it may hold; counts towards the memory limit.', { default: defaults.tmpfsSize }),
    ),
  }),
  {
    description: 'Writable file systems in memory, empty at each start.',
    maxItems: 16,
    default: [...d.tmpfs],
  },
);

export const reloadSignal = oneWord(
  'Signal that makes the runtime read its configuration, prompts and skills again.',
  ['SIGHUP', 'SIGUSR1', 'SIGUSR2'],
  { default: d.reloadSignal },
);
