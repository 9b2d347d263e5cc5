import type { DesiredState } from '../../desired-state/model.ts';
import type { TenantResources } from '../../renderers/resource.ts';
import type { TenantMemory } from './memory.ts';
import type { ObservedNode } from './observed.ts';
import type { Refusal } from './plan.ts';

/** All that the plan of a node may depend on: values, of which none is ever changed. */
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
