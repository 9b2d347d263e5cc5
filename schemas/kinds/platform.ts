import Type, { type Static } from 'typebox';
import { defaults } from '../defaults.ts';
import { patterns } from '../patterns.ts';
import { closed, envelope, mapOf } from './envelope.ts';
import { ageRecipient, cpus, email, name, pids, size, tenantName } from './fields.ts';
import {
  healthDefaults,
  readOnlyRoot,
  reloadSignal,
  resources,
  runtimeEnv,
  tmpfs,
  update,
} from './runtime.ts';

const plan = closed('Quotas of the tenants that name this plan.', {
  resources: Type.Optional(
    closed('Default for a tenant that says nothing, and the most that one may ask for.', {
      memory: size('Memory.'),
      cpus: cpus('Processors.'),
      pids: pids('Processes and threads.'),
    }),
  ),
  volumes: Type.Optional(Type.Integer({ description: 'Most volumes.', minimum: 0, maximum: 32 })),
  prompts: Type.Optional(
    Type.Integer({ description: 'Most prompts, shared ones included.', minimum: 0, maximum: 1_000 }),
  ),
  skills: Type.Optional(
    Type.Integer({ description: 'Most skills, shared ones included.', minimum: 0, maximum: 1_000 }),
  ),
});

const people = (description: string) =>
  Type.Array(email('A person, by e-mail address.'), { description, uniqueItems: true });

const approval = closed('Lets one held removal of tenants happen.', {
  node: name('Node that holds it.'),
  revision: Type.String({
    description: 'Commit at which the tenants were already gone.',
    pattern: patterns.commit.source,
  }),
  remove: Type.Array(tenantName('A tenant.'), {
    description: 'The tenants that may go, all of them by name.',
    minItems: 1,
    uniqueItems: true,
  }),
  by: email('Who approves.'),
  reason: Type.String({ description: 'Why.', minLength: 1, maxLength: 500 }),
});

const guard = defaults.guards.removal;

const spec = closed('What holds for the whole installation.', {
  defaults: Type.Optional(
    closed('Defaults of all tenants.', {
      runtime: Type.Optional(
        closed("Used where a tenant's own `runtime` says nothing.", {
          resources: Type.Optional(resources),
          health: Type.Optional(healthDefaults),
          update: Type.Optional(update),
          env: Type.Optional(runtimeEnv),
          readOnlyRoot: Type.Optional(readOnlyRoot),
          tmpfs: Type.Optional(tmpfs),
          reloadSignal: Type.Optional(reloadSignal),
        }),
      ),
    }),
  ),
  guards: Type.Optional(
    closed('What is held until somebody approves it.', {
      removal: Type.Optional(
        closed('A removal of more tenants of a node than both of these is held.', {
          percent: Type.Optional(
            Type.Number({
              description: "Share of the node's tenants, in percent.",
              minimum: 0,
              maximum: 100,
              default: guard.percent,
            }),
          ),
          atLeast: Type.Optional(
            Type.Integer({ description: 'So many may always go.', minimum: 0, default: guard.atLeast }),
          ),
        }),
      ),
    }),
  ),
  plans: Type.Optional(mapOf('Plans by name.', patterns.name, plan)),
  access: Type.Optional(
    closed('Who may do what on the control node.', {
      'platform-admin': Type.Optional(people('May do everything.')),
      operator: Type.Optional(people('May run tenants and nodes, and not change who may do what.')),
      viewer: Type.Optional(people('May look.')),
    }),
  ),
  secrets: Type.Optional(
    closed('How secrets are encrypted.', {
      recoveryKeys: Type.Optional(
        Type.Array(ageRecipient('An age recipient.'), {
          description: "Keys of the operators; every secret is encrypted to them besides the node's own.",
          uniqueItems: true,
        }),
      ),
    }),
  ),
  approvals: Type.Optional(Type.Array(approval, { description: 'Approvals of held removals.' })),
});

export const platformSchema = envelope('Platform', spec, {
  description: 'The installation: defaults, guards, plans, access and approvals.',
  name: 'Name of the installation; part of the labels by which it knows its own containers. Never change it.',
  examples: [
    {
      apiVersion: 'tenantry.dev/v1',
      kind: 'Platform',
      metadata: { name: 'example' },
      spec: {
        defaults: {
          runtime: {
            resources: { memory: '256Mi', cpus: 0.25, pids: 128 },
            health: { http: { path: '/api/health', port: 8080 }, interval: '5s' },
            env: { LOG_LEVEL: 'info' },
          },
        },
        guards: { removal: { percent: 10, atLeast: 1 } },
        plans: {
          free: { resources: { memory: '256Mi', cpus: 0.25, pids: 128 }, volumes: 1, prompts: 5, skills: 2 },
          pro: { resources: { memory: '1Gi', cpus: 1, pids: 512 }, volumes: 4, prompts: 50, skills: 20 },
        },
        access: { 'platform-admin': ['root@example.com'], operator: ['ops@example.com'], viewer: [] },
        secrets: { recoveryKeys: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'] },
        approvals: [
          {
            node: 'worker-1',
            revision: '4f2c1d9e0b7a8c6d5e4f3a2b1c0d9e8f7a6b5c4d',
            remove: ['acme', 'globex'],
            by: 'ops@example.com',
            reason: 'both contracts ended',
          },
        ],
      },
    },
  ],
});

export type Platform = Static<typeof platformSchema>;
