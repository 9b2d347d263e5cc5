import { isDeepStrictEqual } from 'node:util';
import type { DesiredState, DesiredTenant } from '../desired-state/model.ts';
import type { NodeContext } from '../renderers/container.ts';
import { managedFiles } from '../renderers/files.ts';
import { nodeContext, tenantsOfNode } from '../renderers/node-context.ts';
import type { TenantResources } from '../renderers/resource.ts';
import { renderTenant } from '../renderers/tenant.ts';
import { own } from '../schemas/own.ts';
import { emptyRecord } from './empty-record.ts';
import { ReconcilerError } from './errors.ts';
import type { Refusal } from './plan/plan.ts';
import type { Files } from './ports.ts';
import type { Vault } from './vault.ts';

/** A revision as this node must have it. What a tenant has of it is the same object as before where it is the same. */
export interface Rendered {
  readonly desired: DesiredState;
  /** What every tenant was rendered for. */
  readonly context: NodeContext;
  readonly wanted: Readonly<Record<string, TenantResources>>;
  readonly refusals: Readonly<Record<string, readonly Refusal[]>>;
  /** Values of the tenants' secrets; never part of a plan. */
  readonly secrets: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;
  readonly images: ReadonlySet<string>;
  /** Tenants that came, went, or are to be other than at the revision before; all of them at the first. */
  readonly changed: ReadonlySet<string>;
}

export interface RenderOptions {
  readonly node: string;
  readonly files: Pick<Files, 'configDir' | 'secretsDir'>;
  readonly vault: Vault;
  /** Plan on a machine that does not hold the node's key. */
  readonly planOnly: boolean;
}

/**
 * Renders the tenants of a node; those that did not change since `before` are taken from there. A tenant whose secrets
 * cannot be opened is rendered all the same, with a refusal.
 *
 * @throws ReconcilerError `node/unknown` when the repository has no such node
 */
export async function renderNode(
  desired: DesiredState,
  options: RenderOptions,
  before: Rendered | null = null,
): Promise<Rendered> {
  const { node, vault, planOnly } = options;
  const context = keptContext(contextOf(desired, node, options.files), before);
  const tenants = tenantsOfNode(desired, node);
  const wanted = emptyRecord<TenantResources>();
  const refusals = emptyRecord<readonly Refusal[]>();
  const secrets = new Map<string, ReadonlyMap<string, Uint8Array>>();
  const changed = new Set<string>();
  for (const tenant of tenants) {
    const { name } = tenant;
    const old = before?.wanted[name];
    const values = before?.secrets.get(name);
    if (old !== undefined && values !== undefined && isSettled(tenant, context, before)) {
      wanted[name] = old;
      secrets.set(name, values);
      continue;
    }
    const opened = await vault.open(tenant, planOnly);
    const resources = renderTenant(tenant, context, opened.fingerprints);
    const same = isDeepStrictEqual(old, resources);
    wanted[name] = same && old !== undefined ? old : resources;
    if (opened.refusals.length > 0) refusals[name] = opened.refusals;
    secrets.set(name, opened.values);
    if (!same || !isSameFor(tenant, opened.refusals, before)) changed.add(name);
  }
  vault.keepOnly(tenants);
  for (const name in before?.wanted) if (wanted[name] === undefined) changed.add(name);
  const images = new Set(tenants.map((tenant) => tenant.image));
  const all = before !== null && changed.size === 0 ? before.wanted : wanted;
  return { desired, context, wanted: all, refusals, secrets, images, changed };
}

/** Whether a tenant was rendered from the same definition in the same place, with all of its secrets. */
function isSettled(tenant: DesiredTenant, context: NodeContext, before: Rendered | null): boolean {
  return (
    before !== null &&
    before.context === context &&
    before.desired.tenants[tenant.name]?.desired === tenant &&
    before.refusals[tenant.name] === undefined &&
    before.secrets.get(tenant.name)?.size === tenant.secrets.length
  );
}

/** Whether what is not rendered is as it was: how it is updated and what it is refused for. */
function isSameFor(tenant: DesiredTenant, refusals: readonly Refusal[], before: Rendered | null): boolean {
  return (
    isDeepStrictEqual(before?.desired.tenants[tenant.name]?.desired, tenant) &&
    isDeepStrictEqual(before?.refusals[tenant.name] ?? [], refusals)
  );
}

function keptContext(context: NodeContext, before: Rendered | null): NodeContext {
  const same =
    before !== null &&
    isDeepStrictEqual(before.context.owner, context.owner) &&
    isDeepStrictEqual(before.context.node, context.node);
  return same ? before.context : context;
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
  const context = nodeContext(desired, node, folders);
  if (context !== null) return context;
  const known = Object.keys(desired.nodes).sort().join(', ') || 'none';
  throw new ReconcilerError(
    'node/unknown',
    `the repository has no nodes/${node}.yaml (it has: ${known}); add it or name another node. Nothing is changed until then`,
    { retry: 'backoff' },
  );
}
