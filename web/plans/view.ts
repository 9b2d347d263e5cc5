import type { Change } from '../../reconciler/plan/change.ts';
import type { TenantPlan } from '../../reconciler/plan/plan.ts';
import { describeStep } from '../../reconciler/plan/step.ts';
import type { PlanView, TenantPlanView } from '../api/models/edit.ts';

/** Most fields of one tenant that are shown. */
const FIELDS = 200;

/** A tenant's plan in the words that the node will use. */
export function tenantPlanView(node: string, plan: TenantPlan): TenantPlanView {
  const { tenant, changes, waves, rollback, refusals, cost } = plan;
  return {
    tenant,
    node,
    changes: shownChanges(changes),
    waves: waves.map((wave) => wave.map(describeStep)),
    rollback: rollback.map(describeStep),
    refusals: refusals.map(({ reason, message }) => ({ reason, message })),
    cost: { ...cost },
  };
}

/** Whether the node has anything to do or to say for the tenant. */
export function hasNews({ changes, waves, refusals }: TenantPlanView): boolean {
  return changes.length + waves.length + refusals.length > 0;
}

export function shownChanges(changes: readonly Change[]): TenantPlanView['changes'] {
  let left = FIELDS;
  return changes.map(({ resource, fields, ...rest }) => {
    const shown = fields.slice(0, Math.max(0, left));
    left -= shown.length;
    return { ...rest, resource: { ...resource }, fields: shown.map((field) => ({ ...field })) };
  });
}

/** The plan as far as a person may see it: of an owner's own tenants alone. @param visible null: all */
export function visiblePlan(plan: PlanView | null, visible: ReadonlySet<string> | null): PlanView | null {
  if (plan === null || visible === null) return plan;
  const tenants = plan.tenants.filter(({ tenant }) => visible.has(tenant));
  const nodes = new Set(tenants.map(({ node }) => node));
  return {
    ...plan,
    tenants,
    affected: tenants.length,
    untouched: visible.size - tenants.length,
    holds: [],
    snapshots: plan.snapshots.filter(({ node }) => nodes.has(node)),
  };
}
