import type { PlanView, TenantPlanView } from '../../api/models/edit.ts';
import type { PlanList } from '../../api/models/platform.ts';
import { count } from './value.ts';

/** What an edit does to its users, in one sentence to read before committing. */
export function planSentence(plan: PlanView | null): string {
  if (plan === null)
    return 'No plan: no node has published what it runs yet. It is made when the node reads the commit.';
  if (plan.affected === 0) return 'Nothing to do on any node; only the repository changes.';
  const down = plan.tenants.filter(({ cost }) => cost.interruption === 'down');
  const who = count(plan.affected, 'tenant');
  const others =
    plan.untouched === 0
      ? ''
      : plan.untouched === 1
        ? ' The other one is not touched.'
        : ` The other ${plan.untouched} are not touched.`;
  const [only] = plan.tenants;
  if (plan.affected === 1 && only !== undefined) return `${only.tenant}: ${only.cost.text}.${others}`;
  if (down.length === 0) return `${who} change, without interruption.${others}`;
  return `${who} change; ${down.length} of them ${down.length === 1 ? 'is' : 'are'} interrupted for about ${Math.max(...down.map(({ cost }) => cost.seconds))} s.${others}`;
}

/** Whether a plan must be read twice. */
export function isDisruptive(plan: TenantPlanView): boolean {
  return plan.cost.interruption === 'down' || plan.refusals.length > 0;
}

/** A plan of `tenantry.yaml` by its name, with the most that a tenant on it may use: `pro (512Mi, 0.5 CPUs)`. */
export function planWords({ name, memory, cpus }: PlanList['items'][number]): string {
  const most = [memory, cpus === null ? null : `${cpus} CPUs`].filter((part) => part !== null);
  return most.length === 0 ? name : `${name} (${most.join(', ')})`;
}
