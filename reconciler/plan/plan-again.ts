import { changedNames } from '../../desired-state/changed-names.ts';
import { own } from '../../schemas/own.ts';
import { blankMemory } from './memory.ts';
import { missingNetworks, networkConflicts } from './networks.ts';
import type { NodeInput } from './node-input.ts';
import { nothingObserved } from './observed.ts';
import type { Plan, Refusal, TenantPlan } from './plan.ts';
import { cachedPlan, type LastPlan, type OwnInput, type PlanCache, sharedOf } from './plan-cache.ts';

const none: readonly Refusal[] = [];

/** What a plan was made from, for the next one. */
export function lastPlan(input: NodeInput, plan: Plan): LastPlan {
  const { desired } = input;
  const suspended = new Set<string>();
  const held = new Set<string>();
  const places = new Map<string, number>();
  for (const [place, { tenant }] of plan.tenants.entries()) {
    places.set(tenant, place);
    const entry = own(desired.tenants, tenant);
    if (entry?.desired?.suspend != null) suspended.add(tenant);
    if (entry?.heldAt != null) held.add(tenant);
  }
  return { input, plan, suspended, held, places };
}

/** All that one tenant's plan is made from, beside what the tenants share; null for one that is not planned here. */
export function factsOf(
  name: string,
  input: NodeInput,
  conflictOf: ReadonlyMap<string, Refusal>,
): OwnInput | null {
  const { desired, observed } = input;
  const wanted = own(input.wanted, name);
  const entry = own(desired.tenants, name);
  if (wanted === undefined || entry?.desired == null) return null;
  const refusals = own(input.refusals, name) ?? none;
  const conflict = conflictOf.get(wanted.network.name);
  return {
    tenant: entry.desired,
    revision: entry.heldAt ?? desired.baseRevision,
    wanted,
    observed: own(observed.tenants, name) ?? nothingObserved,
    memory: own(input.memory, name) ?? blankMemory,
    refusals: conflict === undefined ? refusals : [...refusals, conflict],
  };
}

/**
 * The plan of before with the tenants planned anew of which anything is another: what a change costs does not grow with
 * the tenants that it leaves alone. Only for the usual case, in which tenants change and none comes or goes, and the
 * node's own networks and images stay as they are.
 *
 * @returns null when all have to be looked at
 */
export function planAgain(input: NodeInput, cache: PlanCache): Plan | null {
  const { last } = cache;
  if (last === null || !isUsual(input, last)) return null;
  const { desired, observed } = input;
  const shared = sharedOf(input.wanted, observed, cache);
  const owned = observed.networks.filter((network) => network.owned);
  const settled =
    owned.every(({ name }) => shared.networks.has(name)) &&
    networkConflicts(shared.networks, observed).size === 0 &&
    missingNetworks(shared.networks, observed).length === 0;
  if (!settled) return null;
  const replaced = new Map<number, TenantPlan>();
  for (const name of namesToPlan(input, last)) {
    const facts = factsOf(name, input, new Map());
    const place = last.places.get(name);
    const there = own(observed.tenants, name) !== undefined || own(input.refusals, name) !== undefined;
    if (facts === null && place === undefined && !there) continue;
    // Somebody comes or goes.
    if (facts === null || place === undefined) return null;
    replaced.set(place, cachedPlan(facts, shared, input.now, cache));
    note(last.suspended, name, facts.tenant.suspend !== null);
    note(last.held, name, own(desired.tenants, name)?.heldAt != null);
  }
  const tenants = withPlans(last, replaced, desired.baseRevision);
  const { retained } = shared;
  const plan = {
    ...last.plan,
    platform: desired.platform.name,
    revision: desired.revision,
    tenants,
    retained,
  };
  cache.last = { ...last, input, plan };
  return plan;
}

function isUsual(input: NodeInput, { input: before, plan }: LastPlan): boolean {
  const { observed } = input;
  return (
    input.node === before.node &&
    observed.networks === before.observed.networks &&
    observed.images === before.observed.images &&
    observed.strangers === before.observed.strangers &&
    observed.volumes === before.observed.volumes &&
    plan.holds.length === 0 &&
    plan.cleanup.length === 0 &&
    plan.networks.length === 0
  );
}

/** A suspension that ends is nothing that changes. */
function namesToPlan(input: NodeInput, { input: before, suspended }: LastPlan): ReadonlySet<string> {
  return changedNames(before.desired.tenants, input.desired.tenants)
    .union(changedNames(before.wanted, input.wanted))
    .union(changedNames(before.observed.tenants, input.observed.tenants))
    .union(changedNames(before.memory, input.memory))
    .union(changedNames(before.refusals, input.refusals))
    .union(suspended);
}

function note(names: Set<string>, name: string, yes: boolean): void {
  if (yes) names.add(name);
  else names.delete(name);
}

/** A revision that left a tenant alone is its revision all the same, unless it is held at another. */
function withPlans(
  { plan, input, held }: LastPlan,
  replaced: ReadonlyMap<number, TenantPlan>,
  revision: string,
): readonly TenantPlan[] {
  const moved = input.desired.baseRevision !== revision;
  if (!moved && replaced.size === 0) return plan.tenants;
  if (moved) {
    return plan.tenants.map(
      (each, place) => replaced.get(place) ?? (held.has(each.tenant) ? each : { ...each, revision }),
    );
  }
  const tenants = [...plan.tenants];
  for (const [place, each] of replaced) tenants[place] = each;
  return tenants;
}
