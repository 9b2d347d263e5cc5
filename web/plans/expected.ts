import type { DesiredTenant } from '../../desired-state/model.ts';
import { diffFields } from '../../reconciler/plan/diff.ts';
import { containerName } from '../../renderers/names.ts';
import type { TenantPlanView } from '../api/models/edit.ts';
import type { Touched } from './touched.ts';
import { shownChanges } from './view.ts';

/** What is said of a tenant whose node has published nothing yet: what differs in Git, and that no more is known. */
export function expectedPlan(node: string, { tenant, before, after }: Touched): TenantPlanView {
  const old = before?.node === node ? before : null;
  const wanted = after?.node === node ? after : null;
  const kind = wanted === null ? 'remove' : old === null ? 'create' : 'update';
  const fields = kind === 'update' ? diffFields(plain(wanted), plain(old)) : [];
  const resource = { kind: 'container', name: containerName.runtime(tenant) } as const;
  return {
    tenant,
    node,
    changes: shownChanges([{ resource, kind, fields, cause: 'commit' }]),
    waves: [],
    rollback: [],
    refusals: [],
    cost: {
      interruption: 'none',
      seconds: 0,
      text: `not known: ${node} has published nothing yet`,
    },
  };
}

/** Without ciphertexts: they say nothing to a reader. */
function plain(tenant: DesiredTenant | null): unknown {
  if (tenant === null) return null;
  return { ...tenant, secrets: tenant.secrets.map(({ name, as }) => ({ name, as })) };
}
