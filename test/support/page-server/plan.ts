import type { PlanView } from '../../../web/api/models/edit.ts';
import { now } from './fleet.ts';

/** The plan that a planner would make for an edit of a file: a prompt is swapped, a tenant's file recreates. */
export function planFor(path: string, tenant: string): PlanView {
  const swap = /\/(prompts|skills)\//.test(path);
  return {
    tenants: [
      {
        tenant,
        node: 'worker-1',
        changes: [],
        waves: swap
          ? [['Swap the file prompts/greeting.md'], ['Send SIGHUP to tenant_acme_runtime']]
          : [
              ['Create tenant_acme_runtime_next'],
              ['Stop tenant_acme_runtime within 5 s', 'Start tenant_acme_runtime_next'],
              ['Wait until it is healthy', 'Remove the old container'],
            ],
        rollback: swap ? [] : ['start the old container again'],
        refusals: [],
        cost: swap
          ? { interruption: 'none', seconds: 0, text: 'in place, no interruption' }
          : { interruption: 'down', seconds: 7, text: 'recreated, about 7 s down' },
      },
    ],
    affected: 1,
    untouched: 41,
    holds: [],
    snapshots: [{ node: 'worker-1', at: now, linked: true }],
  };
}
