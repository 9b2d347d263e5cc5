import type { Change } from './change.ts';
import type { Step } from './step.ts';

/** What one pass would do on a node. Plain JSON; never stored and resumed: observe and plan again. */
export interface Plan {
  readonly platform: string;
  readonly node: string;
  readonly revision: string;
  /** Networks that tenants of this plan join; before all else. */
  readonly networks: readonly Step[];
  /** Ordered by name; every tenant of the node, also those in sync. */
  readonly tenants: readonly TenantPlan[];
  /** Networks that nobody needs any more; after all else. */
  readonly cleanup: readonly Step[];
  readonly holds: readonly Hold[];
  /** Volumes that no tenant uses now. They are never deleted. */
  readonly retained: readonly { readonly volume: string; readonly tenant: string }[];
}

export interface TenantPlan {
  readonly tenant: string;
  /** Revision that is enforced; null for a tenant that is no longer in Git. */
  readonly revision: string | null;
  readonly changes: readonly Change[];
  /** Steps of a wave may run side by side; a wave begins when the one before has ended. */
  readonly waves: readonly (readonly Step[])[];
  /** What brings the old container back when a step that begins or awaits the new one fails. */
  readonly rollback: readonly Step[];
  /** Spec hash to quarantine when that happens. */
  readonly specHash: string | null;
  /** Why changes that are shown are not made. */
  readonly refusals: readonly Refusal[];
  readonly cost: Cost;
}

export interface Refusal {
  readonly reason:
    | 'suspended'
    | 'report-only'
    | 'quarantined'
    | 'conflict'
    | 'volume-mismatch'
    | 'invalid'
    | 'removal-held'
    | 'secret-unavailable'
    | 'unreadable';
  readonly message: string;
}

/** What a plan means for the people who use the tenant. */
export interface Cost {
  readonly interruption: 'none' | 'down' | 'new';
  /** Rough seconds of downtime; 0 unless `down`. */
  readonly seconds: number;
  /** `in place, no interruption`, `recreated, about 2 s down`, `new`, … */
  readonly text: string;
}

/** A part of a plan that waits for an approval in Git. */
export interface Hold {
  readonly kind: 'mass-removal';
  readonly tenants: readonly string[];
  readonly message: string;
}

/** Whether the plan changes nothing. */
export function isEmpty(plan: Plan): boolean {
  return (
    plan.networks.length === 0 &&
    plan.cleanup.length === 0 &&
    plan.tenants.every((tenant) => tenant.waves.length === 0)
  );
}
