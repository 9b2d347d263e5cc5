import type { AttentionItem } from '../api/models/platform.ts';
import type { TenantSummary } from '../api/models/tenant.ts';
import { byOrder } from '../api/models/tenant-query.ts';
import type { FollowStatus } from '../branch/follow.ts';
import type { NodeFacts } from '../ports.ts';

const needsPerson: ReadonlySet<string> = new Set(['Failed', 'Degraded', 'Held', 'Drifted']);

/** What is looked at for what needs a person. */
export interface AttentionInput {
  readonly tenants: readonly TenantSummary[];
  readonly nodes: readonly NodeFacts[];
  /** Whether Git names a node: one that it names no more, and on which nobody lives, is missed by nobody. */
  readonly inGit: (node: string) => boolean;
  readonly repository: FollowStatus;
}

/**
 * What needs a person: the repository that does not answer, nodes in trouble, nodes that are away, removals that a node
 * holds, and tenants, each kind longest first. Pure.
 *
 * @param visible tenants of an owner, who is told of these and of the nodes that they live on; null: all
 */
export function attentionOf(
  { tenants, nodes, inGit, repository }: AttentionInput,
  visible: ReadonlySet<string> | null,
): AttentionItem[] {
  const seen = visible === null ? tenants : tenants.filter(({ name }) => visible.has(name));
  const homes = new Set(seen.map(({ node }) => node));
  if (visible !== null)
    return [...away(nodes.filter(({ name }) => homes.has(name))), ...inNeed(seen, new Set())];
  const held = new Set(nodes.flatMap(({ head }) => head?.holds.flatMap((hold) => hold.tenants) ?? []));
  return [
    ...unanswered(repository),
    ...inTrouble(nodes),
    ...away(nodes.filter(({ name }) => homes.has(name) || inGit(name))),
    ...nodes.flatMap((node) => holdsOf(node, seen)),
    ...inNeed(seen, held),
  ];
}

/** Tenants that live on nodes which are away: what is said of them is as old as their node's last word. */
export function awayOf(tenants: readonly TenantSummary[]): number {
  return tenants.filter(({ linked, updatedAt }) => !linked && updatedAt !== null).length;
}

function unanswered({ trouble, asked }: FollowStatus): AttentionItem[] {
  if (trouble === null) return [];
  const reason = `The repository could not be asked, so that what was committed elsewhere is not seen: ${trouble}`;
  return [
    { kind: 'repository', tenant: null, node: null, phase: 'Failed', reason, since: asked, action: null },
  ];
}

function inTrouble(nodes: readonly NodeFacts[]): AttentionItem[] {
  return nodes
    .flatMap(({ name, head }) => {
      const trouble = head?.trouble ?? null;
      return trouble === null ? [] : [{ name, ...trouble }];
    })
    .sort((a, b) => a.since - b.since)
    .map(({ name, message, since }) => ({
      kind: 'node',
      tenant: null,
      node: name,
      phase: 'Failed',
      reason: message,
      since,
      action: null,
    }));
}

/** A node that never said anything has nobody to miss it: it is being set up. */
function away(nodes: readonly NodeFacts[]): AttentionItem[] {
  return nodes
    .filter(({ linked, lastSeen }) => !linked && lastSeen !== null)
    .sort((a, b) => (a.lastSeen ?? 0) - (b.lastSeen ?? 0))
    .map(({ name, lastSeen, enrolled }) => ({
      kind: 'away',
      tenant: null,
      node: name,
      phase: 'Unknown',
      reason: enrolled
        ? 'The node is away. Its tenants run on, and commits reach them when it is back.'
        : 'Its key is not accepted any more, so that nothing is heard of it until a machine joins anew.',
      since: lastSeen,
      action: null,
    }));
}

/** One line for all tenants of a hold, since one approval is of them all. */
function holdsOf({ name, head }: NodeFacts, tenants: readonly TenantSummary[]): AttentionItem[] {
  return (head?.holds ?? []).map((hold) => {
    const those = new Set(hold.tenants);
    const begun = tenants
      .filter((tenant) => those.has(tenant.name) && tenant.phase === 'Held')
      .map(({ since }) => since);
    return {
      kind: 'hold',
      tenant: null,
      node: name,
      phase: 'Held',
      reason: hold.message,
      since: begun.length === 0 ? null : Math.min(...begun),
      action: 'approve',
    };
  });
}

function inNeed(tenants: readonly TenantSummary[], held: ReadonlySet<string>): AttentionItem[] {
  return tenants
    .filter(({ name, phase }) => needsPerson.has(phase) && !(phase === 'Held' && held.has(name)))
    .sort(byOrder('attention'))
    .map((tenant) => ({
      kind: 'tenant',
      tenant: tenant.name,
      node: tenant.node,
      phase: tenant.phase,
      reason: tenant.reason,
      since: tenant.since,
      action: actionFor(tenant),
    }));
}

/** Where whoever sees it goes on. */
function actionFor({ phase, problems }: TenantSummary): AttentionItem['action'] {
  if (phase === 'Drifted') return 'compare';
  if (phase === 'Degraded') return 'log';
  if (phase === 'Failed') return 'history';
  return problems > 0 ? 'files' : null;
}
