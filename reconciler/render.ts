import { isDeepStrictEqual } from 'node:util';
import { changedNames, withChanged } from '../desired-state/changed-names.ts';
import type { DesiredState, DesiredTenant } from '../desired-state/model.ts';
import type { NodeContext } from '../renderers/container.ts';
import { managedFiles } from '../renderers/files.ts';
import { nodeContext, tenantsOfNode } from '../renderers/node-context.ts';
import type { TenantResources } from '../renderers/resource.ts';
import { renderTenant } from '../renderers/tenant.ts';
import { emptyRecord, own } from '../schemas/own.ts';
import { ReconcilerError } from './errors.ts';
import type { Refusal } from './plan/plan.ts';
import type { Files } from './ports.ts';
import type { Vault } from './vault.ts';

/** Values of a tenant's secrets by name. */
type SecretValues = ReadonlyMap<string, Uint8Array>;

/** A revision as this node must have it. What a tenant has of it is the same object as before where it is the same. */
export interface Rendered {
  readonly desired: DesiredState;
  /** What every tenant was rendered for. */
  readonly context: NodeContext;
  readonly wanted: Readonly<Record<string, TenantResources>>;
  readonly refusals: Readonly<Record<string, readonly Refusal[]>>;
  /** Values of the tenants' secrets; never part of a plan. */
  readonly secrets: ReadonlyMap<string, SecretValues>;
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
  const changes = new Map<string, TenantResources | undefined>();
  const refusals = emptyRecord<readonly Refusal[]>();
  const values = new Map<string, SecretValues | undefined>();
  const changed = new Set<string>();
  for (const name of namesToRender(desired, context, before, planOnly)) {
    const tenant = tenantOn(desired, node, name);
    const old = before?.wanted[name];
    if (tenant === null) {
      values.set(name, undefined);
      changes.set(name, undefined);
      if (old !== undefined) changed.add(name);
      continue;
    }
    if (old !== undefined && isSettled(tenant, context, before)) continue;
    const opened = await vault.open(tenant, planOnly);
    const resources = renderTenant(tenant, context, opened.fingerprints);
    const same = isDeepStrictEqual(old, resources);
    if (!same) changes.set(name, resources);
    if (opened.refusals.length > 0) refusals[name] = opened.refusals;
    values.set(name, opened.values);
    if (!same || !isSameFor(tenant, opened.refusals, before)) changed.add(name);
  }
  const wanted = withChanged(before?.wanted ?? emptyRecord<TenantResources>(), changes);
  const hadSecret = (name: string): boolean =>
    [before?.desired, desired].some((each) => hasSecret(each, name));
  if ([...changed].some(hadSecret)) vault.keepOnly(tenantsOfNode(desired, node));
  const images = before !== null && sameImages(before, wanted, changed) ? before.images : imagesOf(wanted);
  const secrets = secretsAfter(before?.secrets ?? new Map<string, SecretValues>(), values);
  return { desired, context, wanted, refusals, secrets, images, changed };
}

/** The same map where nobody's secrets came, went or were opened anew: most revisions are about tenants without any. */
function secretsAfter(
  before: ReadonlyMap<string, SecretValues>,
  values: ReadonlyMap<string, SecretValues | undefined>,
): ReadonlyMap<string, SecretValues> {
  const moved = [...values].filter(([name, now]) => {
    const old = before.get(name);
    return old?.size !== now?.size || (now !== undefined && now.size > 0);
  });
  if (moved.length === 0) return before;
  const after = new Map(before);
  for (const [name, now] of moved) {
    if (now === undefined) after.delete(name);
    else after.set(name, now);
  }
  return after;
}

/** Those that may come out otherwise than before; of the rest all that a rendering depends on is as it was. */
function namesToRender(
  desired: DesiredState,
  context: NodeContext,
  before: Rendered | null,
  planOnly: boolean,
): ReadonlySet<string> {
  if (before === null) return new Set(Object.keys(desired.tenants));
  const names = changedNames(before.desired.tenants, desired.tenants).union(
    new Set(Object.keys(before.refusals)),
  );
  // Without the node's key nobody knows which secrets could be opened by now.
  const all = before.context !== context || planOnly;
  return all ? names.union(new Set(Object.keys(desired.tenants))) : names;
}

function hasSecret(desired: DesiredState | undefined, tenant: string): boolean {
  const secrets = desired === undefined ? undefined : own(desired.tenants, tenant)?.desired?.secrets;
  return secrets !== undefined && secrets.length > 0;
}

/** Whether those that changed have the images that they had; another tenant may have one that is not theirs any more. */
function sameImages(before: Rendered, wanted: Rendered['wanted'], changed: ReadonlySet<string>): boolean {
  const imageOf = (each: TenantResources | undefined): string | null => each?.container.spec.image ?? null;
  return [...changed].every((name) => imageOf(before.wanted[name]) === imageOf(wanted[name]));
}

function imagesOf(wanted: Rendered['wanted']): ReadonlySet<string> {
  const images = new Set<string>();
  for (const name in wanted) images.add(wanted[name]?.container.spec.image ?? '');
  return images;
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

function tenantOn(desired: DesiredState, node: string, name: string): DesiredTenant | null {
  const tenant = own(desired.tenants, name)?.desired ?? null;
  return tenant?.node === node ? tenant : null;
}
