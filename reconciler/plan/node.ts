import type { DesiredState } from '../../desired-state/model.ts';
import type { NetworkResource, TenantResources } from '../../renderers/resource.ts';
import { massRemoval } from './guards.ts';
import { blankMemory, type TenantMemory } from './memory.ts';
import { nothingObserved, type ObservedNode } from './observed.ts';
import type { Hold, Plan, Refusal, TenantPlan } from './plan.ts';
import { planRemoval } from './removal.ts';
import type { Step } from './step.ts';
import { planTenant } from './tenant.ts';

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

/** The plan of one node. Tenants are planned one by one and none can change what is planned for another. */
export function planNode(input: NodeInput): Plan {
  const { desired, observed, node } = input;
  const volumes = new Map(observed.volumes.map((volume) => [volume.name, volume]));
  const leaving = leavingTenants(input);
  const hold = removalHold(input, leaving);
  const held: Refusal[] = hold === null ? [] : [{ reason: 'removal-held', message: hold.message }];
  const tenants: TenantPlan[] = leaving.map((name) =>
    planRemoval(name, observed.tenants[name] ?? nothingObserved, held),
  );
  for (const [name, wanted] of Object.entries(input.wanted)) {
    const entry = desired.tenants[name];
    if (entry?.desired == null) continue;
    tenants.push(
      planTenant({
        tenant: entry.desired,
        revision: entry.heldAt ?? desired.baseRevision,
        wanted,
        observed: observed.tenants[name] ?? nothingObserved,
        volumes,
        strangers: observed.strangers,
        images: observed.images,
        memory: input.memory[name] ?? blankMemory,
        refusals: [...(input.refusals[name] ?? []), ...networkConflict(wanted.network, observed)],
        now: input.now,
      }),
    );
  }
  tenants.sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
  return {
    platform: desired.platform.name,
    node,
    revision: desired.revision,
    networks: missingNetworks(input),
    tenants,
    cleanup: leaving.length === 0 ? unusedNetworks(input) : [],
    holds: hold === null ? [] : [hold],
    retained: retainedVolumes(input),
  };
}

/**
 * Tenants that have containers or files here and that Git no longer places here. A tenant whose files are broken is in
 * `desired.tenants` all the same and never counts as leaving.
 */
function leavingTenants({ desired, observed, node }: NodeInput): string[] {
  return Object.entries(observed.tenants)
    .filter(([name, tenant]) => {
      const entry = desired.tenants[name];
      const stays = entry !== undefined && (entry.desired === null || entry.desired.node === node);
      return !stays && (tenant.containers.length > 0 || tenant.files !== null || tenant.secretFiles !== null);
    })
    .map(([name]) => name)
    .sort();
}

function removalHold(input: NodeInput, leaving: readonly string[]): Hold | null {
  const { desired, observed, node } = input;
  const onNode = Object.values(observed.tenants).filter((tenant) => tenant.containers.length > 0).length;
  const hold = massRemoval(leaving, onNode, desired.platform.guards.removal, {
    node,
    revision: desired.revision,
  });
  return hold !== null && input.removalApproved ? null : hold;
}

function missingNetworks({ wanted, observed }: NodeInput): Step[] {
  const names = new Set(observed.networks.map((network) => network.name));
  const missing = new Map<string, NetworkResource>();
  for (const { network } of Object.values(wanted)) {
    if (!names.has(network.name)) missing.set(network.name, network);
  }
  return [...missing.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((network) => ({ action: 'network.create', network }));
}

/** A network of the right name that is a stranger's, or that would let tenants reach each other, is not joined. */
function networkConflict(wanted: NetworkResource, observed: ObservedNode): Refusal[] {
  const actual = observed.networks.find((network) => network.name === wanted.name);
  if (actual === undefined || (actual.owned && actual.isolated && actual.subnet === wanted.subnet)) return [];
  const why = !actual.owned ? "is not Tenantry's" : `does not isolate tenants on ${wanted.subnet} as it must`;
  return [{ reason: 'conflict', message: `network ${wanted.name} ${why}; remove it, and it is made anew` }];
}

function unusedNetworks({ wanted, observed }: NodeInput): Step[] {
  const used = new Set<string>(Object.values(wanted).map((resources) => resources.network.name));
  for (const tenant of Object.values(observed.tenants)) {
    for (const container of tenant.containers)
      for (const network of container.spec.networks) used.add(network);
  }
  return observed.networks
    .filter((network) => network.owned && !used.has(network.name))
    .map((network) => ({ action: 'network.remove', id: network.id, name: network.name }));
}

function retainedVolumes({ wanted, observed }: NodeInput): { volume: string; tenant: string }[] {
  const used = new Set(
    Object.values(wanted).flatMap((resources) => resources.volumes.map((volume) => volume.name)),
  );
  return observed.volumes
    .flatMap((volume) =>
      volume.tenant !== null && !used.has(volume.name)
        ? [{ volume: volume.name, tenant: volume.tenant }]
        : [],
    )
    .sort((a, b) => (a.volume < b.volume ? -1 : 1));
}
