import { own } from '../../schemas/own.ts';
import { massRemoval } from './guards.ts';
import { missingNetworks, type Networks, networkConflicts } from './networks.ts';
import type { NodeInput } from './node-input.ts';
import { nothingObserved, type ObservedNode } from './observed.ts';
import type { Hold, Plan, Refusal, TenantPlan } from './plan.ts';
import { factsOf, lastPlan, planAgain } from './plan-again.ts';
import { cachedPlan, createPlanCache, type PlanCache, sharedOf } from './plan-cache.ts';
import { planRemoval } from './removal.ts';
import type { Step } from './step.ts';

/**
 * The plan of one node. Tenants are planned one by one and none can change what is planned for another.
 *
 * @param cache what the pass before left; the plan is the same with and without it
 */
export function planNode(input: NodeInput, cache: PlanCache = createPlanCache()): Plan {
  const { desired, observed, node } = input;
  const again = planAgain(input, cache);
  if (again !== null) return again;
  const shared = sharedOf(input.wanted, observed, cache);
  const leaving = leavingTenants(input);
  const hold = removalHold(input, leaving);
  const held: Refusal[] = hold === null ? [] : [{ reason: 'removal-held', message: hold.message }];
  const tenants: TenantPlan[] = leaving.map((name) =>
    planRemoval(name, own(observed.tenants, name) ?? nothingObserved, [
      ...held,
      ...(own(input.refusals, name) ?? []),
    ]),
  );
  const conflictOf = networkConflicts(shared.networks, observed);
  for (const name in input.wanted) {
    const facts = factsOf(name, input, conflictOf);
    if (facts !== null) tenants.push(cachedPlan(facts, shared, input.now, cache));
  }
  if (cache.tenants.size > tenants.length - leaving.length) forgetAllBut(input.wanted, cache);
  if (!isSorted(tenants)) tenants.sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
  const plan: Plan = {
    platform: desired.platform.name,
    node,
    revision: desired.revision,
    networks: missingNetworks(shared.networks, observed),
    tenants,
    cleanup: leaving.length === 0 ? unusedNetworks(shared.networks, observed) : [],
    holds: hold === null ? [] : [hold],
    retained: shared.retained,
  };
  cache.last = leaving.length === 0 ? lastPlan(input, plan) : null;
  return plan;
}

function isSorted(tenants: readonly TenantPlan[]): boolean {
  return tenants.every(({ tenant }, at) => at === 0 || (tenants[at - 1]?.tenant ?? '') < tenant);
}

function forgetAllBut(wanted: NodeInput['wanted'], { tenants }: PlanCache): void {
  for (const name of tenants.keys()) if (wanted[name] === undefined) tenants.delete(name);
}

/**
 * Tenants that have containers or files here and that Git no longer places here. A tenant whose files are broken is in
 * `desired.tenants` all the same and never counts as leaving. One that is here and could never be looked at does: left
 * out, it would be missing where a mass removal is counted.
 */
function leavingTenants(input: NodeInput): string[] {
  const { desired, observed, node } = input;
  const stays = (name: string): boolean => {
    const entry = own(desired.tenants, name);
    return entry !== undefined && (entry.desired === null || entry.desired.node === node);
  };
  const leaving = unseenTenants(input).filter((name) => !stays(name));
  for (const name in observed.tenants) {
    if (stays(name)) continue;
    const tenant = observed.tenants[name] ?? nothingObserved;
    if (tenant.containers.length > 0 || tenant.files !== null || tenant.secretFiles !== null)
      leaving.push(name);
  }
  return leaving.sort();
}

/** Tenants of whom something is here and nothing could be seen yet. */
function unseenTenants({ observed, refusals }: NodeInput): string[] {
  return Object.keys(refusals).filter(
    (name) =>
      own(observed.tenants, name) === undefined &&
      own(refusals, name)?.some(({ reason }) => reason === 'unreadable') === true,
  );
}

function removalHold(input: NodeInput, leaving: readonly string[]): Hold | null {
  if (leaving.length === 0) return null;
  const { desired, observed, node } = input;
  const seen = Object.values(observed.tenants).filter((tenant) => tenant.containers.length > 0).length;
  const hold = massRemoval(leaving, seen + unseenTenants(input).length, desired.platform.guards.removal, {
    node,
    revision: desired.revision,
  });
  return hold !== null && input.removalApproved ? null : hold;
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
