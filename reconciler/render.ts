import type { DesiredState, DesiredTenant } from '../desired-state/model.ts';
import type { NodeContext } from '../renderers/container.ts';
import { managedFiles } from '../renderers/files.ts';
import type { TenantResources } from '../renderers/resource.ts';
import { renderTenant } from '../renderers/tenant.ts';
import { own } from '../schemas/own.ts';
import { ReconcilerError } from './errors.ts';
import type { Refusal } from './plan/plan.ts';
import type { Files } from './ports.ts';
import type { Vault } from './vault.ts';

/** A revision as this node must have it. */
export interface Rendered {
  readonly desired: DesiredState;
  readonly wanted: Readonly<Record<string, TenantResources>>;
  readonly refusals: Readonly<Record<string, readonly Refusal[]>>;
  /** Values of the tenants' secrets; never part of a plan. */
  readonly secrets: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;
  readonly images: ReadonlySet<string>;
}

/**
 * Renders every tenant of a node. A tenant whose secrets cannot be opened is rendered all the same, with a refusal.
 *
 * @param compareOnly plan on a machine that does not hold the node's key
 * @throws ReconcilerError `node/unknown` when the repository has no such node
 */
export async function renderNode(
  desired: DesiredState,
  node: string,
  folders: Pick<Files, 'configDir' | 'secretsDir'>,
  vault: Vault,
  compareOnly: boolean,
): Promise<Rendered> {
  const context = contextOf(desired, node, folders);
  const tenants = tenantsOf(desired, node);
  const wanted: Record<string, TenantResources> = {};
  const refusals: Record<string, readonly Refusal[]> = {};
  const secrets = new Map<string, ReadonlyMap<string, Uint8Array>>();
  for (const tenant of tenants) {
    const opened = await vault.open(tenant, compareOnly);
    wanted[tenant.name] = renderTenant(tenant, context, opened.fingerprints);
    if (opened.refusals.length > 0) refusals[tenant.name] = opened.refusals;
    secrets.set(tenant.name, opened.values);
  }
  vault.keepOnly(tenants);
  return { desired, wanted, refusals, secrets, images: new Set(tenants.map((tenant) => tenant.image)) };
}

/** Managed files of a tenant, made when they are written: most passes need their digests only. */
export function filesOf(rendered: Rendered, tenant: string): Record<string, Uint8Array> {
  const desired = own(rendered.desired.tenants, tenant)?.desired;
  return desired == null ? {} : managedFiles(desired);
}

function contextOf(
  desired: DesiredState,
  node: string,
  folders: Pick<Files, 'configDir' | 'secretsDir'>,
): NodeContext {
  const found = own(desired.nodes, node);
  if (found === undefined) {
    const known = Object.keys(desired.nodes).sort().join(', ') || 'none';
    throw new ReconcilerError(
      'node/unknown',
      `the repository has no nodes/${node}.yaml (it has: ${known}); add it or name another node. Nothing is changed until then`,
      { retry: 'backoff' },
    );
  }
  return {
    owner: { platform: desired.platform.name, node },
    node: found,
    configDir: (tenant) => folders.configDir(tenant),
    secretsDir: (tenant) => folders.secretsDir(tenant),
  };
}

function tenantsOf(desired: DesiredState, node: string): DesiredTenant[] {
  return Object.values(desired.tenants)
    .map((entry) => entry.desired)
    .filter((tenant): tenant is DesiredTenant => tenant?.node === node);
}
