import Type, { type Static } from 'typebox';
import { defaults } from '../defaults.ts';
import { patterns } from '../patterns.ts';
import { closed, envelope, freeForm, oneWord } from './envelope.ts';
import { argv, email, imageRef, name, port, TENANT_NAME_LENGTH } from './fields.ts';
import { health, readOnlyRoot, reloadSignal, resources, runtimeEnv, tmpfs, update } from './runtime.ts';

const token = (description: string, fallback: string) =>
  Type.String({ description, pattern: patterns.token.source, maxLength: 128, default: fallback });

const secretName = (description: string) =>
  Type.String({ description, pattern: patterns.envName.source, maxLength: 63 });

/** A secret by its name alone (a file under /run/secrets), or with the way in which it reaches the runtime. */
const secret = Type.Unsafe<string | { name: string; as: 'file' | 'env' }>({
  description: 'Name in secrets.yaml, or name and how it is given.',
  oneOf: [
    secretName('Name in secrets.yaml; becomes the file /run/secrets/NAME.'),
    closed('A secret and how the runtime gets it.', {
      name: secretName('Name in secrets.yaml.'),
      as: oneWord(
        '`file` under /run/secrets, or `env` for an environment variable, which is easier to leak.',
        ['file', 'env'],
      ),
    }),
  ],
});

const volume = closed('One volume that the tenant keeps for good.', {
  name: name('Name of the volume; Docker knows it as tenant_<tenant>_<name>.', { maxLength: 30 }),
  mountPath: Type.String({
    description: 'Where the runtime finds it.',
    pattern: patterns.mountPath.source,
    maxLength: 255,
  }),
  backup: Type.Optional(
    Type.Boolean({ description: 'Whether backups include it.', default: defaults.volumeBackup }),
  ),
});

const runtime = closed('The container that runs the tenant.', {
  state: Type.Optional(
    oneWord('Whether it should run.', ['running', 'stopped'], { default: defaults.runtime.state }),
  ),
  restart: Type.Optional(token('A token: a new value restarts the runtime once.', defaults.runtime.restart)),
  command: Type.Optional(argv("Program and arguments instead of the image's own; no shell is involved.")),
  user: Type.Optional(
    Type.String({
      description: "User in the container instead of the image's own.",
      pattern: patterns.user.source,
    }),
  ),
  env: Type.Optional(runtimeEnv),
  secrets: Type.Optional(
    Type.Array(secret, { description: 'Secrets of the tenant that the runtime gets.', maxItems: 200 }),
  ),
  resources: Type.Optional(resources),
  health: Type.Optional(health),
  volumes: Type.Optional(Type.Array(volume, { description: 'Data that outlives containers.', maxItems: 32 })),
  update: Type.Optional(update),
  readOnlyRoot: Type.Optional(readOnlyRoot),
  tmpfs: Type.Optional(tmpfs),
  reloadSignal: Type.Optional(reloadSignal),
});

const spec = closed(
  'What should run for the tenant, where, and with what. At least one of `channel` and `image` says the image.',
  {
    owner: email('Who answers for the tenant.'),
    node: name('Node that runs it, by the name of its file in nodes/.'),
    channel: Type.Optional(name('Channel that its image comes from.')),
    image: Type.Optional(imageRef("Pinned image of this tenant alone, instead of the channel's.")),
    plan: Type.Optional(name('Plan in tenantry.yaml that holds its quotas.')),
    subdomain: Type.Optional(name("Host name below the domain of the node's ingress.")),
    runtime: Type.Optional(runtime),
    config: Type.Optional(freeForm('Free-form; reaches the runtime as the file config.json.')),
    library: Type.Optional(
      closed('Shared documents that the tenant uses.', {
        prompts: Type.Optional(
          Type.Array(name('A prompt of the library.'), {
            description: 'Names of files in library/prompts/.',
            uniqueItems: true,
            maxItems: 500,
          }),
        ),
        skills: Type.Optional(
          Type.Array(name('A skill of the library.'), {
            description: 'Names of files in library/skills/.',
            uniqueItems: true,
            maxItems: 500,
          }),
        ),
      }),
    ),
    whatsapp: Type.Optional(
      closed("The runtime's WhatsApp bridge.", {
        enabled: Type.Optional(
          Type.Boolean({ description: 'Whether the bridge is used.', default: defaults.whatsapp.enabled }),
        ),
        pairing: Type.Optional(token('A token: a new value starts pairing once.', defaults.whatsapp.pairing)),
        disconnect: Type.Optional(
          token('A token: a new value disconnects the device once.', defaults.whatsapp.disconnect),
        ),
        port: Type.Optional(
          port('Port of the bridge in the container.', { default: defaults.whatsapp.port }),
        ),
      }),
    ),
    drift: Type.Optional(
      oneWord(
        '`heal` undoes what others changed on the node; `report` shows it and changes nothing.',
        ['heal', 'report'],
        {
          default: defaults.drift,
        },
      ),
    ),
    suspend: Type.Optional(
      closed('Until a moment, nothing of the tenant is changed.', {
        until: Type.String({
          description: 'When it ends, as in 2026-12-01T00:00Z.',
          pattern: patterns.instant.source,
        }),
        reason: Type.String({ description: 'Why.', minLength: 1, maxLength: 500 }),
        owner: email('Who asked for it.'),
      }),
    ),
  },
  { anyOf: [{ required: ['channel'] }, { required: ['image'] }] },
);

export const tenantSchema = envelope('Tenant', spec, {
  description: 'One tenant: its runtime, data, configuration and the node that it lives on.',
  name: 'Name of the tenant, the same as its folder.',
  nameLength: TENANT_NAME_LENGTH,
  examples: [
    {
      apiVersion: 'tenantry.dev/v1',
      kind: 'Tenant',
      metadata: { name: 'acme', labels: { tier: 'pro' } },
      spec: {
        owner: 'ops@acme.example',
        node: 'worker-1',
        channel: 'production',
        plan: 'pro',
        subdomain: 'acme',
        runtime: {
          state: 'running',
          restart: '2026-11-21T10:00Z',
          env: { LOG_LEVEL: 'info' },
          secrets: ['OPENAI_API_KEY', { name: 'REDIS_URL', as: 'env' }],
          resources: { memory: '512Mi', cpus: 0.5, pids: 256 },
          health: {
            http: { path: '/api/health', port: 8080 },
            interval: '5s',
            timeout: '2s',
            retries: 3,
            startPeriod: '20s',
          },
          volumes: [
            { name: 'session', mountPath: '/data/session', backup: true },
            { name: 'state', mountPath: '/data/state', backup: true },
          ],
          update: { strategy: 'stop-first', drain: '10s' },
        },
        config: { timezone: 'Europe/Berlin' },
        library: { prompts: ['tone'], skills: ['opening-hours'] },
        whatsapp: { enabled: true, pairing: '1', disconnect: '0' },
        drift: 'heal',
      },
    },
    {
      apiVersion: 'tenantry.dev/v1',
      kind: 'Tenant',
      metadata: { name: 'globex' },
      spec: {
        owner: 'it@globex.example',
        node: 'worker-1',
        image: 'registry.example.com/runtime:v1.4.2',
        runtime: { state: 'stopped', update: { strategy: 'start-first' } },
        suspend: { until: '2026-12-01T00:00Z', reason: 'migration', owner: 'ops@example.com' },
      },
    },
  ],
});

export type Tenant = Static<typeof tenantSchema>;
