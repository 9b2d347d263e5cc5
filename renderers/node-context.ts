import type { DesiredState, DesiredTenant } from '../desired-state/model.ts';
import { own } from '../schemas/own.ts';
import type { NodeContext } from './container.ts';

/** What the tenants of a node are rendered for; null when the repository has no such node. */
export function nodeContext(
  desired: DesiredState,
  node: string,
  folders: Pick<NodeContext, 'configDir' | 'secretsDir'>,
): NodeContext | null {
  const found = own(desired.nodes, node);
  if (found === undefined) return null;
  return {
    owner: { platform: desired.platform.name, node },
    node: found,
    configDir: (tenant) => folders.configDir(tenant),
    secretsDir: (tenant) => folders.secretsDir(tenant),
  };
}

/** The tenants that Git places on a node and that have a definition. */
export function tenantsOfNode(desired: DesiredState, node: string): DesiredTenant[] {
  const tenants: DesiredTenant[] = [];
  for (const name in desired.tenants) {
    const tenant = desired.tenants[name]?.desired;
    if (tenant?.node === node) tenants.push(tenant);
  }
  return tenants;
}
