import type { DesiredState } from '../../desired-state/model.ts';
import type { NetworkResource, TenantResources } from '../../renderers/resource.ts';
import { own } from '../../schemas/own.ts';
import { massRemoval } from './guards.ts';
import { blankMemory, type TenantMemory } from './memory.ts';
import { nothingObserved, type ObservedNode } from './observed.ts';
import type { Hold, Plan, Refusal, TenantPlan } from './plan.ts';
import { cachedPlan, createPlanCache, type PlanCache, sharedOf } from './plan-cache.ts';
import { planRemoval } from './removal.ts';
import type { Step } from './step.ts';

/** All that the plan of a node may depend on. */
export interface NodeInput {
  readonly node: string;
  readonly desired: DesiredState;
  /** Rendered resources of every tenant of this node that has a valid definition. */
  readonly wanted: Readonly<Record<string, TenantResources>>;
  readonly observed: ObservedNode;
  readonly memory: Readonly<Record<string, TenantMemory>>;
  /** Reasons to leave a tenant as it is, found before planning. */
  readonly refusals: Readonly<Record<string, readonly Refusal[]>>;
  /** Whether Git approves the removal that a plan without approval holds. */
  readonly removalApproved: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The plan of one node. Tenants are planned one by one and none can change what is planned for another.
 *
 * @param cache what the pass before left; the plan is the same with and without it
 */
export function planNode(input: NodeInput, cache: PlanCache = createPlanCache()): Plan {
  const { desired, observed, node } = input;
  const shared = sharedOf(input.wanted, observed, cache);
  const leaving = leavingTenants(input);
  const hold = removalHold(input, leaving);
  const held: Refusal[] = hold === null ? [] : [{ reason: 'removal-held', message: hold.message }];
  const tenants: TenantPlan[] = leaving.map((name) =>
    planRemoval(name, own(observed.tenants, name) ?? nothingObserved, held),
  );
  const conflictOf = networkConflicts(shared.networks, observed);
  for (const name in input.wanted) {
    const wanted = input.wanted[name];
    const entry = own(desired.tenants, name);
    if (wanted === undefined || entry?.desired == null) continue;
    const refusals = own(input.refusals, name) ?? none;
    const conflict = conflictOf.get(wanted.network.name);
    const facts = {
      tenant: entry.desired,
      revision: entry.heldAt ?? desired.baseRevision,
      wanted,
      observed: own(observed.tenants, name) ?? nothingObserved,
      memory: own(input.memory, name) ?? blankMemory,
      refusals: conflict === undefined ? refusals : [...refusals, conflict],
    };
    tenants.push(cachedPlan(facts, shared, input.now, cache));
  }
  if (cache.tenants.size > tenants.length - leaving.length) forgetAllBut(input.wanted, cache);
  if (!isSorted(tenants)) tenants.sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
  return {
    platform: desired.platform.name,
    node,
    revision: desired.revision,
    networks: missingNetworks(shared.networks, observed),
    tenants,
    cleanup: leaving.length === 0 ? unusedNetworks(shared.networks, observed) : [],
    holds: hold === null ? [] : [hold],
    retained: shared.retained,
  };
}

const none: readonly Refusal[] = [];

function isSorted(tenants: readonly TenantPlan[]): boolean {
  return tenants.every(({ tenant }, at) => at === 0 || (tenants[at - 1]?.tenant ?? '') < tenant);
}

function forgetAllBut(wanted: NodeInput['wanted'], { tenants }: PlanCache): void {
  for (const name of tenants.keys()) if (wanted[name] === undefined) tenants.delete(name);
}

/**
 * Tenants that have containers or files here and that Git no longer places here. A tenant whose files are broken is in
 * `desired.tenants` all the same and never counts as leaving.
 */
function leavingTenants({ desired, observed, node }: NodeInput): string[] {
  const leaving: string[] = [];
  for (const name in observed.tenants) {
    const entry = own(desired.tenants, name);
    if (entry !== undefined && (entry.desired === null || entry.desired.node === node)) continue;
    const tenant = observed.tenants[name] ?? nothingObserved;
    if (tenant.containers.length > 0 || tenant.files !== null || tenant.secretFiles !== null)
      leaving.push(name);
  }
  return leaving.sort();
}

function removalHold(input: NodeInput, leaving: readonly string[]): Hold | null {
  if (leaving.length === 0) return null;
  const { desired, observed, node } = input;
  const onNode = Object.values(observed.tenants).filter((tenant) => tenant.containers.length > 0).length;
  const hold = massRemoval(leaving, onNode, desired.platform.guards.removal, {
    node,
    revision: desired.revision,
  });
  return hold !== null && input.removalApproved ? null : hold;
}

type Networks = ReadonlyMap<string, NetworkResource>;

function missingNetworks(wanted: Networks, observed: ObservedNode): Step[] {
  const names = new Set(observed.networks.map((network) => network.name));
  return [...wanted.values()]
    .filter((network) => !names.has(network.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((network) => ({ action: 'network.create', network }));
}

/**
 * A network of the right name that is a stranger's, or that would let tenants reach each other, is not joined. By the
 * network's name.
 */
function networkConflicts(wanted: Networks, observed: ObservedNode): ReadonlyMap<string, Refusal> {
  const conflicts = new Map<string, Refusal>();
  // The first of a name counts: the engine lets two networks share one.
  for (const actual of observed.networks.toReversed()) {
    const network = wanted.get(actual.name);
    if (network === undefined) continue;
    conflicts.delete(actual.name);
    if (actual.owned && actual.isolated && actual.subnet === network.subnet) continue;
    const why = !actual.owned
      ? "is not Tenantry's"
      : `does not isolate tenants on ${network.subnet} as it must`;
    const message = `network ${actual.name} ${why}; remove it, and it is made anew`;
    conflicts.set(actual.name, { reason: 'conflict', message });
  }
  return conflicts;
}

function unusedNetworks(wanted: Networks, observed: ObservedNode): Step[] {
  const unwanted = observed.networks.filter((network) => network.owned && !wanted.has(network.name));
  if (unwanted.length === 0) return [];
  const used = new Set<string>();
  for (const tenant of Object.values(observed.tenants)) {
    for (const container of tenant.containers)
      for (const network of container.spec.networks) used.add(network);
  }
  return unwanted
    .filter((network) => !used.has(network.name))
    .map((network) => ({ action: 'network.remove', id: network.id, name: network.name }));
}
