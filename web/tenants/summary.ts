import type { DesiredState, TenantEntry } from '../../desired-state/model.ts';
import type { TenantSummary } from '../api/models/tenant.ts';
import type { NodeFacts, TenantFacts } from '../ports.ts';

/** What a summary is joined from. */
export interface SummaryInput {
  readonly name: string;
  /** Null for a tenant that is no longer in Git and that its node still reports. */
  readonly entry: TenantEntry | null;
  readonly facts: TenantFacts | null;
  readonly linked: boolean;
  /** When its node was last heard of; null before it ever spoke. */
  readonly nodeSeen: number | null;
  /** Milliseconds since the epoch at which the state was read. */
  readonly readAt: number;
}

/** One line of the fleet: what Git asks for, and what the node says. Pure. */
export function summaryOf({ name, entry, facts, linked, nodeSeen, readAt }: SummaryInput): TenantSummary {
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
    updatedAt: facts === null ? null : asOf(facts, { linked, lastSeen: nodeSeen }),
    linked,
  };
}

/**
 * As of when what is known of a tenant holds. A node tells only what is new: while it is silent and linked nothing is, and
 * what it said last holds until it was last heard of.
 */
export function asOf(
  { at }: Pick<TenantFacts, 'at'>,
  { linked, lastSeen }: Pick<NodeFacts, 'linked' | 'lastSeen'>,
): number {
  return linked ? at : Math.max(at, lastSeen ?? at);
}

/** Every tenant that Git or a node names, in the order of names. */
export function tenantNames(desired: DesiredState | null, reported: Iterable<string>): string[] {
  return [...new Set([...Object.keys(desired?.tenants ?? {}), ...reported])].sort();
}
