import type { DesiredState, TenantEntry } from '../../desired-state/model.ts';
import type { TenantSummary } from '../api/models/tenant.ts';
import type { TenantFacts } from '../ports.ts';

/** What a summary is joined from. */
export interface SummaryInput {
  readonly name: string;
  /** Null for a tenant that is no longer in Git and that its node still reports. */
  readonly entry: TenantEntry | null;
  readonly facts: TenantFacts | null;
  readonly linked: boolean;
  /** Milliseconds since the epoch at which the state was read. */
  readonly readAt: number;
}

/** One line of the fleet: what Git asks for, and what the node says. Pure. */
export function summaryOf({ name, entry, facts, linked, readAt }: SummaryInput): TenantSummary {
  const desired = entry?.desired ?? null;
  const status = facts?.status ?? null;
  const changes = status?.changes ?? [];
  const problems = entry?.problems.length ?? 0;
  return {
    name,
    node: desired?.node ?? facts?.node ?? '',
    phase: status?.phase ?? 'Unknown',
    reason:
      status?.reason ??
      (desired === null ? 'it has no valid definition' : 'its node has not said anything yet'),
    since: status?.since ?? readAt,
    state: status?.state ?? 'unknown',
    health: { ...(status?.health ?? { state: 'unknown', detail: '' }) },
    image: status?.image ?? null,
    desiredImage: desired?.image ?? null,
    desiredState: desired?.state ?? (entry === null ? 'removed' : 'invalid'),
    channel: desired?.channel ?? null,
    plan: desired?.plan ?? null,
    owner: desired?.owner ?? '',
    subdomain: desired?.subdomain ?? null,
    labels: { ...desired?.labels },
    revision: status?.revision ?? null,
    drift: changes.filter(({ cause }) => cause === 'drift').length,
    pending: changes.filter(({ cause }) => cause === 'commit').length,
    problems,
    updatedAt: facts?.at ?? null,
    linked,
  };
}

/** Every tenant that Git or a node names, in the order of names. */
export function tenantNames(desired: DesiredState | null, reported: Iterable<string>): string[] {
  return [...new Set([...Object.keys(desired?.tenants ?? {}), ...reported])].sort();
}
