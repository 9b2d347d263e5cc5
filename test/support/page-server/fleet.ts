import type { WireTenantStatus } from '../../../schemas/link/status.ts';
import type { NodeView } from '../../../web/api/models/platform.ts';
import type { TenantDrift, TenantSummary } from '../../../web/api/models/tenant.ts';

/** A fleet as nodes would tell it: every phase, long names, hostile texts, and as many tenants in sync as one likes. */

export const now = Date.now();
const minutes = (count: number): number => now - count * 60_000;
export const oidOf = (number: number): string =>
  number.toString(16).padStart(7, '4f2c1d9').padEnd(40, 'a0b1c2d3e4f5');

/** What must never run, wherever a person or a program may have written it. */
export const hostile = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';

const base: TenantSummary = {
  name: 'acme',
  node: 'worker-1',
  phase: 'InSync',
  reason: '',
  since: minutes(300),
  state: 'running',
  health: { state: 'healthy', detail: '' },
  image: 'registry.example.com/tenantry/runtime:sha-4f2c1d9',
  desiredImage: 'registry.example.com/tenantry/runtime:sha-4f2c1d9',
  desiredState: 'running',
  channel: 'production',
  plan: 'pro',
  owner: 'ops@acme.example',
  subdomain: 'acme',
  labels: { tier: 'pro' },
  revision: oidOf(9),
  drift: 0,
  pending: 0,
  problems: 0,
  // Nodes tell only what is new: of what is at rest they have not spoken for hours.
  updatedAt: minutes(300),
  linked: true,
};

const special: readonly TenantSummary[] = [
  {
    ...base,
    phase: 'Drifted',
    reason: 'memory and 2 more fields changed outside Git',
    since: minutes(14),
    drift: 3,
  },
  {
    ...base,
    name: 'globex',
    owner: 'it@globex.example',
    phase: 'Failed',
    reason: `health check: ${hostile}`,
    since: minutes(95),
    channel: 'staging',
    plan: 'free',
    labels: { tier: 'free' },
    health: { state: 'unhealthy', detail: 'GET /api/health answered 503' },
  },
  {
    ...base,
    name: 'initech',
    owner: 'peter@initech.example',
    phase: 'Held',
    reason: 'replaces 14 tenants at once, more than the wave allows',
    since: minutes(42),
  },
  {
    ...base,
    name: 'umbrella',
    owner: 'it@umbrella.example',
    phase: 'Degraded',
    reason: 'answers slowly since its last start',
    since: minutes(6),
    node: 'worker-2',
  },
  {
    ...base,
    name: 'hooli',
    owner: 'ops@hooli.example',
    phase: 'Progressing',
    reason: 'waiting for health',
    since: minutes(0.3),
    pending: 1,
    desiredImage: 'registry.example.com/tenantry/runtime:sha-77aa012',
  },
  {
    ...base,
    name: 'stark',
    owner: 'ops@stark.example',
    phase: 'Suspended',
    reason: 'migration, until tomorrow',
    since: minutes(1_500),
  },
  {
    ...base,
    name: 'wayne',
    owner: 'it@wayne.example',
    phase: 'Unknown',
    reason: '',
    since: minutes(2),
    image: null,
    revision: null,
    updatedAt: null,
    node: 'worker-3',
    linked: false,
    state: '',
  },
  {
    ...base,
    name: 'initrode',
    owner: 'bill@initrode.example',
    desiredState: 'stopped',
    state: 'exited',
    health: { state: 'none', detail: '' },
  },
];

/** The tenants, of which the first eight are in trouble, at rest or on the way. */
export function tenantsOf(count: number): TenantSummary[] {
  const quiet = Array.from({ length: Math.max(0, count - special.length) }, (_, index): TenantSummary => {
    const name = `customer-${String(index + 1).padStart(4, '0')}`;
    return {
      ...base,
      name,
      node: `worker-${(index % 3) + 1}`,
      owner: `ops@${name}.example`,
      subdomain: name,
      since: minutes(60 + index),
      linked: index % 3 !== 2,
      // What is away was last heard of when its node was.
      updatedAt: index % 3 === 2 ? minutes(47) : minutes(300),
    };
  });
  return [...special, ...quiet].slice(0, count);
}

export const driftOfAcme: TenantDrift = {
  tenant: 'acme',
  revision: oidOf(9),
  asOf: null,
  healing: 'report',
  changes: [
    {
      resource: { kind: 'container', name: 'tenant_acme_runtime' },
      kind: 'update',
      fields: [
        { path: 'memory', desired: 384 * 1024 ** 2, actual: 1024 ** 3 },
        { path: 'env.LOG_LEVEL', desired: 'info', actual: hostile },
      ],
      cause: 'drift',
      since: minutes(14),
      event: { action: 'update', time: minutes(14), detail: 'container tenant_acme_runtime' },
      acceptable: [
        { path: 'memory', pointer: '/spec/runtime/resources/memory' },
        { path: 'env.LOG_LEVEL', pointer: '/spec/runtime/env/LOG_LEVEL' },
      ],
    },
    {
      resource: { kind: 'network', name: 'tenantry_shard_1' },
      kind: 'create',
      fields: [],
      cause: 'drift',
      since: minutes(3),
      acceptable: [],
    },
    {
      resource: { kind: 'file', name: 'prompts/greeting.md' },
      kind: 'update',
      fields: [{ path: 'content', desired: 'sha256:77aa012', actual: 'sha256:4f2c1d9' }],
      cause: 'commit',
      since: minutes(0.2),
      acceptable: [],
    },
  ],
};

export function statusOf(tenant: TenantSummary): WireTenantStatus | null {
  if (tenant.phase === 'Unknown') return null;
  const failed = tenant.phase === 'Failed';
  return {
    tenant: tenant.name,
    phase: tenant.phase,
    reason: tenant.reason,
    since: tenant.since,
    revision: tenant.revision,
    state: tenant.state,
    health: { state: failed ? 'unhealthy' : 'healthy', detail: tenant.health.detail },
    image: tenant.image,
    imageId: 'sha256:0f1e2d3c4b5a',
    containerId: '9b1d0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccdde',
    startedAt: new Date(tenant.since).toISOString(),
    address: '10.90.0.12',
    changes: [],
    refusals:
      tenant.phase === 'Held'
        ? [
            {
              reason: 'wave',
              message:
                'The change replaces 14 tenants at once; the wave allows 5. Approve it in channels/production.yaml.',
            },
          ]
        : [],
    problems: [],
    lastResult: failed
      ? {
          tenant: tenant.name,
          revision: oidOf(8),
          outcome: 'rolled-back',
          steps: ['Pull runtime:sha-77aa012', 'Create the new container'],
          error: {
            code: 'health/timeout',
            message: `GET /api/health answered 503 for 30 s. ${hostile}`,
            retry: 'never',
          },
          at: tenant.since,
          ms: 34_100,
        }
      : null,
    quarantine: failed
      ? { specHash: 'v1:aa', revision: oidOf(8), reason: 'It was not healthy within 30 s', at: tenant.since }
      : null,
    pairing: null,
    disconnect: null,
  };
}

export function nodesOf(tenants: readonly TenantSummary[]): NodeView[] {
  return ['worker-1', 'worker-2', 'worker-3'].map((name, index): NodeView => {
    const own = tenants.filter(({ node }) => node === name);
    const away = index === 2;
    return {
      name,
      linked: !away,
      enrolled: true,
      lastSeen: away ? minutes(47) : minutes(0.1),
      revision: oidOf(away ? 6 : 9),
      behind: away ? 3 : index,
      tenants: own.length,
      capacity: {
        tenants: { used: own.length, most: index === 1 ? own.length : 200 },
        memoryBytes: { used: own.length * 256 * 1024 ** 2, most: 64 * 1024 ** 3 },
        nanoCpus: { used: own.length * 0.5e9, most: null },
        full: index === 1,
      },
      phases: Object.fromEntries(
        Object.entries(Object.groupBy(own, ({ phase }) => phase)).map(([phase, some]) => [
          phase,
          some.length,
        ]),
      ),
      outbox: { received: 4_211 + index, lastAt: minutes(1) },
      head: {
        platform: 'demo',
        node: name,
        engine: { id: 'ABCD:EFGH', version: '20.10.24', apiVersion: '1.41' },
        pid: 4_242,
        revision: oidOf(9),
        baseRevision: oidOf(9),
        source: { state: 'ok', detail: '', since: minutes(300) },
        at: minutes(0.1),
        holds:
          index === 0
            ? [
                {
                  kind: 'mass-removal',
                  tenants: ['hooli', 'pied-piper', hostile],
                  message:
                    '3 of 17 tenants would be removed from worker-1 and at most 1 may go at once without approval.',
                },
              ]
            : [],
        retained: index === 0 ? [{ volume: 'tenant_pied-piper_state', tenant: 'pied-piper' }] : [],
        problems: [],
        notActedOn: [],
        lastPass: { reads: 12, mutations: 0, ms: 240 },
        trouble:
          index === 1 ? { since: minutes(6), message: 'The disk of /var/lib/docker is 93 % full.' } : null,
      },
    };
  });
}
