import type { DesiredNode, DesiredState, DesiredTenant } from '../../desired-state/model.ts';

/** A tenant as small as it can be; `parts` say what is different about it. */
export function tenant(name: string, parts: Partial<DesiredTenant> = {}): DesiredTenant {
  return {
    name,
    owner: 'ops@example.com',
    node: 'worker-1',
    plan: null,
    channel: 'production',
    subdomain: null,
    labels: {},
    image: 'registry.example.com/runtime:v1.0.0',
    command: null,
    user: null,
    state: 'running',
    restart: '',
    env: { LOG_LEVEL: 'info' },
    secrets: [],
    resources: { memoryBytes: 268_435_456, nanoCpus: 500_000_000, pids: 256 },
    readOnlyRoot: true,
    tmpfs: [{ path: '/tmp', sizeBytes: 67_108_864 }],
    health: null,
    volumes: [],
    update: { strategy: 'stop-first', drainMs: 10_000 },
    reloadSignal: 'SIGHUP',
    config: { timezone: 'Europe/Berlin' },
    prompts: { greeting: { text: 'Hello.', description: '', path: `tenants/${name}/prompts/greeting.yaml` } },
    skills: {},
    whatsapp: { enabled: false, pairing: '', disconnect: '', port: 8080 },
    drift: 'heal',
    suspend: null,
    ...parts,
  };
}

export const node: DesiredNode = {
  name: 'worker-1',
  environment: {},
  network: { pool: '10.210.0.0/16', shards: 4 },
  capacity: { tenants: null, memoryBytes: null, nanoCpus: null },
  ageKey: null,
};

/** A revision that asks for these tenants, each valid. */
export function desiredState(tenants: readonly DesiredTenant[], revision = 'a'.repeat(40)): DesiredState {
  return {
    revision,
    baseRevision: revision,
    platform: {
      name: 'test',
      guards: { removal: { percent: 10, atLeast: 1 } },
      recoveryKeys: [],
      approvals: [],
      access: { 'platform-admin': [], operator: [], viewer: [] },
    },
    nodes: { 'worker-1': node },
    channels: {},
    tenants: Object.fromEntries(
      tenants.map((desired) => [desired.name, { name: desired.name, desired, heldAt: null, problems: [] }]),
    ),
    notActedOn: [],
    problems: [],
  };
}
