import type { Problem } from '../../schemas/problem.ts';
import type { Parsed } from './documents.ts';
import { problemAt, unknownName } from './problem-at.ts';
import type { Shared } from './shared.ts';

/** A site in a tenant's folder may only show that tenant, on that tenant's node. */
export function tenantSiteProblems(file: Parsed<'Site'>, tenant: string, node: string): Problem[] {
  if (file.value === null) return [];
  const { target, node: asked } = file.value.spec;
  const problems: Problem[] = [];
  if (target.tenant !== undefined && target.tenant.name !== tenant) {
    const message = `A site in the folder of \`${tenant}\` can only lead to \`${tenant}\`; name it, or move the file to sites/, which belongs to the platform.`;
    problems.push(problemAt({ file, pointer: '/spec/target/tenant/name' }, 'policy/foreign-tenant', message));
  }
  if (asked !== undefined && asked !== node) {
    const message = `A tenant's site is served by the tenant's own node, which is \`${node}\`; write that, or take the line out.`;
    problems.push(problemAt({ file, pointer: '/spec/node' }, 'policy/foreign-node', message));
  }
  return problems;
}

/** A site of the platform says which node serves it, unless it leads to a tenant, whose node that is. */
export function platformSiteProblems(file: Parsed<'Site'>, shared: Shared): Problem[] {
  if (file.value === null) return [];
  const { node, target } = file.value.spec;
  if (node !== undefined) {
    if (shared.nodes.has(node)) return [];
    return [unknownName({ file, pointer: '/spec/node' }, 'node', node, shared.nodes.keys())];
  }
  if (target.tenant !== undefined) return [];
  const message = 'A site of the platform that leads to no tenant must say which node serves it; add `node`.';
  return [problemAt({ file, pointer: '/spec' }, 'policy/site-without-node', message)];
}

/**
 * A site of the platform that leads to a tenant which is not there. Told apart from the rest: a tenant that leaves must
 * not make the shared files invalid, which would hold everybody.
 */
export function siteTargetProblems(file: Parsed<'Site'>, tenants: ReadonlyMap<string, unknown>): Problem[] {
  const tenant = file.value?.spec.target.tenant?.name;
  if (tenant === undefined || tenants.has(tenant)) return [];
  return [unknownName({ file, pointer: '/spec/target/tenant/name' }, 'tenant', tenant, tenants.keys())];
}
