import type { NodeStatus, TenantStatus } from '../../../reconciler/report/status.ts';
import { atRest } from '../../support/at-rest.ts';
import { now, revision } from './plans.ts';

/** Values for tests of the rendering. */

export function tenantStatus(tenant: string, parts: Partial<TenantStatus> = {}): TenantStatus {
  return {
    tenant,
    phase: 'InSync',
    reason: '',
    since: now - 3_600_000,
    revision,
    state: 'running',
    health: { state: 'healthy', detail: 'HTTP 200 in 3 ms' },
    image: 'registry.example.com/runtime:sha-4f2c1d9',
    imageId: `sha256:${'1'.repeat(64)}`,
    containerId: 'c0ffee'.repeat(10),
    startedAt: '2026-11-21T09:31:05Z',
    address: '10.210.0.2',
    ...atRest,
    ...parts,
  };
}

export function nodeStatus(parts: Partial<NodeStatus> = {}): NodeStatus {
  return {
    platform: 'demo',
    node: 'worker-1',
    engine: { id: 'engine', version: '20.10.24', apiVersion: '1.41' },
    pid: 4711,
    revision,
    baseRevision: revision,
    source: { state: 'ok', detail: '', since: now },
    at: now - 4_000,
    tenants: [],
    holds: [],
    retained: [],
    problems: [],
    notActedOn: [],
    lastPass: { reads: 3, mutations: 0, ms: 12 },
    trouble: null,
    ...parts,
  };
}
