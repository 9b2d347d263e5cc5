import type { DesiredState } from '../../desired-state/model.ts';
import { tenantOfPath } from '../../schemas/layout.ts';
import { own } from '../../schemas/own.ts';
import { touchedBetween } from '../plans/touched.ts';
import type { TouchedTenant } from './progress.ts';

export type Affected = Omit<TouchedTenant, 'position'> & { readonly detail: string };

/**
 * Tenants that a commit touched: those that Git wants otherwise than before, and those whose files it changed without any
 * difference for their node (a comment; an error that holds them where they are). Pure.
 *
 * @param paths of files that the commit changed; empty when that is not known
 */
export function affectedTenants(
  before: DesiredState | null,
  after: DesiredState | null,
  paths: readonly string[],
): Affected[] {
  if (after === null) return [];
  const found = new Map<string, Affected>();
  for (const { tenant, before: old, after: wanted } of touchedBetween(before, after)) {
    if (wanted !== null) found.set(tenant, { tenant, node: wanted.node, kind: 'wanted', detail: '' });
    else if (old !== null) found.set(tenant, { tenant, node: old.node, kind: 'removed', detail: '' });
  }
  for (const path of paths) {
    const tenant = tenantOfPath(path);
    const entry = tenant === null ? undefined : own(after.tenants, tenant);
    if (tenant === null || entry === undefined || found.has(tenant)) continue;
    const error = entry.problems.find(({ severity }) => severity === 'error');
    const node = entry.desired?.node ?? '';
    if (error === undefined) found.set(tenant, { tenant, node, kind: 'nothing', detail: 'nothing to do' });
    else found.set(tenant, { tenant, node, kind: 'wanted', detail: error.message });
  }
  return [...found.values()].sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
}
