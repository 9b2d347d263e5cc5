import Type, { type Static } from 'typebox';
import { defaults } from '../defaults.ts';
import { patterns } from '../patterns.ts';
import { closed, envelope, oneWord } from './envelope.ts';
import { ageRecipient, cpus, environment, port, size } from './fields.ts';

const d = defaults.node;

const spec = closed('One machine with a Docker engine.', {
  capacity: Type.Optional(
    closed('The most that tenants of this node may add up to; more is refused before it reaches Docker.', {
      tenants: Type.Optional(Type.Integer({ description: 'Most tenants.', minimum: 0, maximum: 4_000 })),
      memory: Type.Optional(size("Most memory, as the sum of the tenants' limits.")),
      cpus: Type.Optional(cpus("Most processors, as the sum of the tenants' limits.", { maximum: 100_000 })),
    }),
  ),
  ports: Type.Optional(
    closed('Ports of the host; all different.', {
      http: Type.Optional(port('Plain HTTP of the ingress.', { default: d.ports.http })),
      https: Type.Optional(port('HTTPS of the ingress.', { default: d.ports.https })),
      metrics: Type.Optional(
        port('Health and metrics, on the loopback address.', { default: d.ports.metrics }),
      ),
    }),
  ),
  ingress: Type.Optional(
    closed('The proxy in front of the tenants.', {
      kind: oneWord('Which proxy the node runs.', ['caddy', 'nginx']),
      domain: Type.String({
        description: "Domain below which the tenants' subdomains lie.",
        pattern: patterns.domain.source,
        maxLength: 253,
      }),
    }),
  ),
  network: Type.Optional(
    closed('Addresses of the tenants.', {
      pool: Type.Optional(
        Type.String({
          description: 'IPv4 range that the networks of the tenants are cut from; nothing else may use it.',
          pattern: patterns.cidr.source,
          default: d.network.pool,
        }),
      ),
      shards: Type.Optional(
        Type.Integer({
          description: 'How many bridges share the tenants; one bridge holds at most 1,023.',
          minimum: 1,
          maximum: 16,
          default: d.network.shards,
        }),
      ),
    }),
  ),
  backup: Type.Optional(
    closed('Backups of the volumes that ask for them.', {
      schedule: Type.String({
        description: 'When, as a cron schedule in UTC.',
        pattern: patterns.cron.source,
        maxLength: 200,
      }),
      keep: Type.Optional(
        Type.Integer({ description: 'How many to keep.', minimum: 1, maximum: 1_000, default: d.backupKeep }),
      ),
    }),
  ),
  keys: Type.Optional(
    closed('Public keys of the node; their private halves never leave it.', {
      age: Type.Optional(ageRecipient('To which secrets are encrypted; `tenantry secret keygen` makes it.')),
      signing: Type.Optional(
        Type.String({
          description: 'Ed25519 public key with which the node shows who it is.',
          minLength: 1,
          maxLength: 1_024,
        }),
      ),
    }),
  ),
  environment: Type.Optional(
    environment("Environment variables of every tenant on the node, below the tenant's own."),
  ),
});

export const nodeSchema = envelope('Node', spec, {
  description:
    'A machine that runs tenants: capacity, ports, ingress, addresses, backup, public keys, environment.',
  name: 'Name of the node, the same as its file.',
  examples: [
    {
      apiVersion: 'tenantry.dev/v1',
      kind: 'Node',
      metadata: { name: 'worker-1' },
      spec: {
        capacity: { tenants: 200, memory: '64Gi', cpus: 32 },
        ports: { http: 80, https: 443, metrics: 9464 },
        ingress: { kind: 'caddy', domain: 'tenants.example.com' },
        network: { pool: '10.210.0.0/16', shards: 4 },
        backup: { schedule: '30 3 * * *', keep: 7 },
        keys: { age: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p' },
        environment: { CONTROL_PRIVATE_IP: '10.0.0.2' },
      },
    },
  ],
});

export type Node = Static<typeof nodeSchema>;
