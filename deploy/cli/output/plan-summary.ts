import type { Plan, TenantPlan } from '../../../reconciler/plan/plan.ts';

/** What a plan does to a tenant as a whole. `left`: differences that are shown and not made. */
export type TenantEffect = 'create' | 'update' | 'replace' | 'remove' | 'left' | 'unchanged';

export function effectOn(plan: TenantPlan): TenantEffect {
  if (plan.waves.length === 0)
    return plan.changes.length > 0 || plan.refusals.length > 0 ? 'left' : 'unchanged';
  if (plan.revision === null) return 'remove';
  const kinds = plan.changes.filter(({ resource }) => resource.kind === 'container').map(({ kind }) => kind);
  if (kinds.includes('replace')) return 'replace';
  return kinds.includes('create') ? 'create' : 'update';
}

/** Tenants of a plan by what happens to them. */
export function countEffects(plan: Plan): Readonly<Record<TenantEffect, number>> {
  const counts = { create: 0, update: 0, replace: 0, remove: 0, left: 0, unchanged: 0 };
  for (const tenant of plan.tenants) counts[effectOn(tenant)] += 1;
  return counts;
}

/** `Plan: 1 to create, 2 to update in place, 1 to replace, 0 to remove; 4 unchanged.` */
export function summaryLine(plan: Plan): string {
  const counts = countEffects(plan);
  const left = counts.left === 0 ? '' : `, ${counts.left} left as found`;
  return (
    `Plan: ${counts.create} to create, ${counts.update} to update in place, ${counts.replace} to replace, ` +
    `${counts.remove} to remove; ${counts.unchanged} unchanged${left}.`
  );
}
