import { isDeepStrictEqual } from 'node:util';
import { changedNames } from '../../desired-state/changed-names.ts';
import type { NetworkResource, TenantResources } from '../../renderers/resource.ts';
import { takenNames } from './conflicts.ts';
import type { NodeInput } from './node-input.ts';
import type { ObservedNode, ObservedVolume } from './observed.ts';
import type { Plan, TenantPlan } from './plan.ts';
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
  /** Null when the next plan has to look at all. */
  last: LastPlan | null;
}

/** A plan of a whole node, what it was made from, and where in it each tenant is. */
export interface LastPlan {
  readonly input: NodeInput;
  readonly plan: Plan;
  readonly places: ReadonlyMap<string, number>;
  /** Tenants that Git suspends, whether that is over or not, and those held at an older revision than the others. */
  readonly suspended: Set<string>;
  readonly held: Set<string>;
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

/** What belongs to one tenant alone of all that its plan depends on. */
export type OwnInput = Omit<TenantInput, 'volumes' | 'strangers' | 'images' | 'now'>;

interface Kept {
  input: TenantInput;
  readonly suspended: boolean;
  plan: TenantPlan;
}

export function createPlanCache(): PlanCache {
  return { tenants: new Map(), shared: null, last: null };
}

/** The plan of one tenant, the one from before where nothing that it depends on has changed. */
export function cachedPlan(own: OwnInput, shared: Shared, now: number, cache: PlanCache): TenantPlan {
  const name = own.tenant.name;
  const kept = cache.tenants.get(name);
  const suspended = isSuspended({ tenant: own.tenant, now });
  if (kept !== undefined && kept.suspended === suspended && sameInput(kept.input, own, shared)) {
    // A new revision that left the tenant alone.
    if (kept.plan.revision !== own.revision) kept.plan = { ...kept.plan, revision: own.revision };
    if (isOlder(kept.input, shared)) kept.input = withShared(kept.input, shared, now);
    return kept.plan;
  }
  const input = withShared(own, shared, now);
  const plan = planTenant(input);
  cache.tenants.set(name, { input, suspended, plan });
  return plan;
}

function withShared(own: OwnInput, { volumes, strangers, images }: Shared, now: number): TenantInput {
  const { tenant, revision, wanted, observed, memory, refusals } = own;
  return { tenant, revision, wanted, observed, memory, refusals, volumes, strangers, images, now };
}

/** An older input would keep all that the tenants shared then. */
function isOlder(input: TenantInput, { volumes, strangers, images }: Shared): boolean {
  return input.volumes !== volumes || input.strangers !== strangers || input.images !== images;
}

/** Whether a plan made from `own` and `shared` would be the one made from `a`, but for its revision. */
function sameInput(a: TenantInput, own: OwnInput, shared: Shared): boolean {
  return (
    a.tenant === own.tenant &&
    a.wanted === own.wanted &&
    a.observed === own.observed &&
    a.memory === own.memory &&
    sameList(a.refusals, own.refusals) &&
    (!isOlder(a, shared) || sameAround(a, shared))
  );
}

/** Whether all that the tenants share is the same for this one. */
function sameAround(a: TenantInput, { volumes, strangers, images }: Shared): boolean {
  return (
    a.images[imageOf(a)] === images[imageOf(a)] &&
    a.wanted.volumes.every(({ name }) => a.volumes.get(name) === volumes.get(name)) &&
    takenNames(a.tenant.name).every((name) => a.strangers[name] === strangers[name])
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
  const sameWanted = before !== null && sameShares(before.wanted, wanted);
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

/** Whether the tenants have the same networks and volumes as before. */
function sameShares(before: Shared['wanted'], wanted: Shared['wanted']): boolean {
  const names = [...changedNames(before, wanted)];
  return names.every((name) => {
    const [old, now] = [before[name], wanted[name]];
    return (
      old !== undefined &&
      now !== undefined &&
      isDeepStrictEqual(old.network, now.network) &&
      isDeepStrictEqual(old.volumes, now.volumes)
    );
  });
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
