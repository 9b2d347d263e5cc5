import type { DesiredState, DesiredTenant } from '../../desired-state/model.ts';
import { own } from '../../schemas/own.ts';
import type { NodeView } from '../api/models/platform.ts';

interface Used {
  tenants: number;
  memoryBytes: number;
  nanoCpus: number;
}

const nothing: Readonly<Used> = { tenants: 0, memoryBytes: 0, nanoCpus: 0 };
/** What was added up, for as long as a state is in force: many ask for every node of it. */
const kept = new WeakMap<DesiredState, ReadonlyMap<string, Readonly<Used>>>();

/** What a node's tenants may add up to by `nodes/<node>.yaml`, and what they do by their own files. */
export function usedCapacity(desired: DesiredState | null, node: string): NodeView['capacity'] {
  const most = own(desired?.nodes ?? {}, node)?.capacity;
  const used = (desired === null ? undefined : usedOf(desired).get(node)) ?? nothing;
  const share = (of: keyof Used) => ({ used: used[of], most: most?.[of] ?? null });
  const shares = {
    tenants: share('tenants'),
    memoryBytes: share('memoryBytes'),
    nanoCpus: share('nanoCpus'),
  };
  const full = Object.values(shares).some(({ used: of, most: limit }) => limit !== null && of >= limit);
  return { ...shares, full };
}

function usedOf(desired: DesiredState): ReadonlyMap<string, Readonly<Used>> {
  const known = kept.get(desired);
  if (known !== undefined) return known;
  const byNode = new Map<string, Used>();
  for (const { desired: tenant } of Object.values(desired.tenants)) if (tenant !== null) add(byNode, tenant);
  kept.set(desired, byNode);
  return byNode;
}

function add(byNode: Map<string, Used>, { node, resources }: DesiredTenant): void {
  const used = byNode.get(node) ?? { ...nothing };
  used.tenants += 1;
  used.memoryBytes += resources.memoryBytes;
  used.nanoCpus += resources.nanoCpus;
  byNode.set(node, used);
}
