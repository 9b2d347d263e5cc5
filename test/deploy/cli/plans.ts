import type { Change } from '../../../reconciler/plan/change.ts';
import type { Plan, TenantPlan } from '../../../reconciler/plan/plan.ts';
import type { ContainerSpec } from '../../../renderers/resource.ts';

/** Values for tests of the rendering: plans as the planner makes them, written out. */

export const revision = '4f2c1d9e0b7a8c6d5e4f3a2b1c0d9e8f7a6b5c4d';

/** 2026-11-21 10:31:05 UTC. */
export const now = Date.UTC(2026, 10, 21, 10, 31, 5);

export function planOf(parts: Partial<Plan>): Plan {
  return {
    platform: 'demo',
    node: 'worker-1',
    revision,
    networks: [],
    tenants: [],
    cleanup: [],
    holds: [],
    retained: [],
    ...parts,
  };
}

export function tenantPlan(tenant: string, parts: Partial<TenantPlan>): TenantPlan {
  return {
    tenant,
    revision,
    changes: [],
    waves: [],
    rollback: [],
    specHash: null,
    refusals: [],
    cost: { interruption: 'none', seconds: 0, text: 'nothing to do' },
    ...parts,
  };
}

export function containerChange(tenant: string, parts: Partial<Change>): Change {
  return {
    resource: { kind: 'container', name: `tenant_${tenant}_runtime` },
    kind: 'update',
    fields: [],
    cause: 'commit',
    ...parts,
  };
}

export const spec: ContainerSpec = {
  image: 'registry.example.com/runtime:sha-4f2c1d9',
  command: null,
  user: null,
  env: {},
  mounts: {},
  tmpfs: {},
  readOnlyRoot: true,
  healthcheck: null,
  labels: {},
  networks: ['tenantry-demo-worker-1'],
  memoryBytes: 268435456,
  memorySwapBytes: 268435456,
  nanoCpus: 250000000,
  pids: 128,
  restartPolicy: 'unless-stopped',
  forbidden: {},
};
