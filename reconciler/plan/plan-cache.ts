import type { NetworkResource, TenantResources } from '../../renderers/resource.ts';
import { takenNames } from './conflicts.ts';
import type { ObservedNode, ObservedVolume } from './observed.ts';
import type { TenantPlan } from './plan.ts';
import { isSuspended, planTenant } from './tenant.ts';
import type { TenantInput } from './tenant-input.ts';

/**
 * Plans of the pass before, each with all that it was made from. A tenant whose inputs are still the same objects keeps
 * its plan, so that planning a node costs what has changed. It decides nothing: without one the plan is the same, only
 * later. May be thrown away at any time; one for each node.
 */
export interface PlanCache {
  readonly tenants: Map<string, Kept>;
  shared: Shared | null;
}

/** What the tenants of a node are planned against together, indexed once for as long as it stays the same. */
export interface Shared {
  readonly strangers: ObservedNode['strangers'];
  readonly images: ObservedNode['images'];
  readonly observedVolumes: ObservedNode['volumes'];
  readonly volumes: ReadonlyMap<string, ObservedVolume>;
  readonly wanted: Readonly<Record<string, TenantResources>>;
  /** Networks that the tenants are to join, by name. */
  readonly networks: ReadonlyMap<string, NetworkResource>;
  readonly retained: readonly { readonly volume: string; readonly tenant: string }[];
}

interface Kept {
  input: TenantInput;
  readonly suspended: boolean;
  plan: TenantPlan;
}

export function createPlanCache(): PlanCache {
  return { tenants: new Map(), shared: null };
}

/** The plan of one tenant, the one from before where nothing that it depends on has changed. */
export function cachedPlan(input: TenantInput, cache: PlanCache): TenantPlan {
  const name = input.tenant.name;
  const kept = cache.tenants.get(name);
  const suspended = isSuspended(input);
  if (kept !== undefined && kept.suspended === suspended && sameInput(kept.input, input)) {
    // The older input would keep the whole observation that it is part of.
    kept.input = input;
    // A new revision that left the tenant alone.
    if (kept.plan.revision !== input.revision) kept.plan = { ...kept.plan, revision: input.revision };
    return kept.plan;
  }
  const plan = planTenant(input);
  cache.tenants.set(name, { input, suspended, plan });
  return plan;
}

/** Whether a plan made from `b` would be the one made from `a`, but for its revision. */
function sameInput(a: TenantInput, b: TenantInput): boolean {
  return (
    a.tenant === b.tenant &&
    a.wanted === b.wanted &&
    a.observed === b.observed &&
    a.memory === b.memory &&
    sameList(a.refusals, b.refusals) &&
    (a.images === b.images || a.images[imageOf(a)] === b.images[imageOf(b)]) &&
    (a.volumes === b.volumes ||
      a.wanted.volumes.every(({ name }) => a.volumes.get(name) === b.volumes.get(name))) &&
    (a.strangers === b.strangers ||
      takenNames(a.tenant.name).every((name) => a.strangers[name] === b.strangers[name]))
  );
}

function imageOf(input: TenantInput): string {
  return input.wanted.container.spec.image;
}

/** A conflict about the network is made anew by each pass, in the same words. */
function sameList(a: TenantInput['refusals'], b: TenantInput['refusals']): boolean {
  return (
    a === b ||
    (a.length === b.length &&
      a.every(({ reason, message }, at) => reason === b[at]?.reason && message === b[at].message))
  );
}

/** What the tenants share, made anew only for the parts that are others than before. */
export function sharedOf(
  wanted: Readonly<Record<string, TenantResources>>,
  observed: ObservedNode,
  cache: PlanCache,
): Shared {
  const before = cache.shared;
  const { strangers, images } = observed;
  const sameVolumes = before?.observedVolumes === observed.volumes;
  const sameWanted = before?.wanted === wanted;
  const shared = {
    strangers,
    images,
    observedVolumes: observed.volumes,
    volumes: sameVolumes ? before.volumes : new Map(observed.volumes.map((volume) => [volume.name, volume])),
    wanted,
    networks: sameWanted ? before.networks : networksOf(wanted),
    retained: sameVolumes && sameWanted ? before.retained : retainedVolumes(wanted, observed),
  };
  cache.shared = shared;
  return shared;
}

function networksOf(wanted: Readonly<Record<string, TenantResources>>): Map<string, NetworkResource> {
  const networks = new Map<string, NetworkResource>();
  for (const name in wanted) {
    const network = wanted[name]?.network;
    if (network !== undefined) networks.set(network.name, network);
  }
  return networks;
}

function retainedVolumes(
  wanted: Readonly<Record<string, TenantResources>>,
  observed: ObservedNode,
): { volume: string; tenant: string }[] {
  const used = new Set<string>();
  for (const name in wanted) for (const volume of wanted[name]?.volumes ?? []) used.add(volume.name);
  return observed.volumes
    .flatMap((volume) =>
      volume.tenant !== null && !used.has(volume.name)
        ? [{ volume: volume.name, tenant: volume.tenant }]
        : [],
    )
    .sort((a, b) => (a.volume < b.volume ? -1 : 1));
}
