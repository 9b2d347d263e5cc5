import type { DesiredTenant } from '../../desired-state/model.ts';
import type { TenantResources } from '../../renderers/resource.ts';
import type { TenantMemory } from './memory.ts';
import type { ObservedTenant, ObservedVolume } from './observed.ts';
import type { Refusal } from './plan.ts';

/** All that the plan of one tenant may depend on. */
export interface TenantInput {
  readonly tenant: DesiredTenant;
  readonly revision: string;
  readonly wanted: TenantResources;
  readonly observed: ObservedTenant;
  /** Every volume on the engine by name, strangers' too. */
  readonly volumes: ReadonlyMap<string, ObservedVolume>;
  /** Names of strangers' containers, with their ids. */
  readonly strangers: Readonly<Record<string, string>>;
  readonly images: Readonly<Record<string, boolean>>;
  readonly memory: TenantMemory;
  /** Why the tenant must be left as it is, found before planning (a secret that cannot be opened). */
  readonly refusals: readonly Refusal[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}
