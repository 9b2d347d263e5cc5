import type { CommitProgress } from '../api/models/edit.ts';
import type { NodeFacts, TenantFacts } from '../ports.ts';

export type TenantState = CommitProgress['tenants'][number]['state'];
export type NodeState = CommitProgress['nodes'][number]['state'];

/** A tenant that a commit touched. */
export interface TouchedTenant {
  readonly tenant: string;
  readonly node: string;
  /** `nothing`: its files changed and nothing is to be done for it. */
  readonly kind: 'wanted' | 'removed' | 'nothing';
  /** The commit's place along the branch. */
  readonly position: number;
}

export interface Standing {
  readonly state: TenantState;
  readonly detail: string;
}

/** Places of revisions along the branch; null for one that is not on it, or too old to be known. */
export type PositionOf = (revision: string | null) => number | null;

/** How far a commit has come for one tenant, by what its node says. Pure. */
export function standingOf(
  touched: TouchedTenant,
  facts: TenantFacts | null,
  node: NodeFacts | null,
  positionOf: PositionOf,
): Standing {
  const { kind, position } = touched;
  if (kind === 'nothing') return { state: 'converged', detail: 'nothing to do' };
  const here = facts !== null && facts.node === touched.node ? facts.status : null;
  const nodeAt = positionOf(node?.head?.revision ?? null);
  const seen = nodeAt !== null && nodeAt >= position;
  if (kind === 'removed') {
    if (here === null && (seen || facts !== null)) return { state: 'removed', detail: '' };
    if (here === null || !seen) return waiting(node);
    const held = here.refusals[0];
    return held === undefined
      ? { state: 'applying', detail: here.reason }
      : { state: 'held', detail: held.message };
  }
  const at = positionOf(here?.revision ?? null);
  if (here === null || at === null || at < position) {
    // The node has the revision and keeps the tenant at an older one.
    return here !== null && seen ? { state: 'held', detail: here.reason } : waiting(node);
  }
  const pending = here.changes.some(({ cause }) => cause === 'commit');
  switch (here.phase) {
    case 'InSync':
      return { state: 'converged', detail: '' };
    case 'Drifted':
      return pending ? { state: 'held', detail: here.reason } : { state: 'converged', detail: here.reason };
    case 'Held':
    case 'Suspended':
      return { state: 'held', detail: here.reason };
    case 'Degraded':
    case 'Failed':
      return { state: 'failed', detail: here.reason };
    case 'Progressing':
      return { state: 'applying', detail: here.reason };
  }
}

function waiting(node: NodeFacts | null): Standing {
  const away = node !== null && !node.linked;
  return { state: 'waiting', detail: away ? `${node.name} is away` : '' };
}

/** How far a commit has come on a node, by its tenants there. Pure. */
export function nodeStateOf(
  tenants: readonly Standing[],
  position: number,
  node: NodeFacts | null,
  positionOf: PositionOf,
): NodeState {
  const states = tenants.map(({ state }) => state);
  if (states.every((state) => state === 'converged' || state === 'removed')) return 'converged';
  if (states.includes('failed')) return 'failed';
  if (states.includes('held')) return 'held';
  if (node !== null && !node.linked) return 'away';
  const at = positionOf(node?.head?.revision ?? null);
  return at !== null && at >= position ? 'seen' : 'waiting';
}

/** Whether nothing more is awaited. */
export function isSettled({ state }: Standing): boolean {
  return state === 'converged' || state === 'removed';
}
