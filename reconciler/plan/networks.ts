import type { NetworkResource } from '../../renderers/resource.ts';
import type { ObservedNode } from './observed.ts';
import type { Refusal } from './plan.ts';
import type { Step } from './step.ts';

/** Networks that the tenants are to join, by name. */
export type Networks = ReadonlyMap<string, NetworkResource>;

/** Steps that make what is not there. */
export function missingNetworks(wanted: Networks, observed: ObservedNode): Step[] {
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
export function networkConflicts(wanted: Networks, observed: ObservedNode): ReadonlyMap<string, Refusal> {
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
