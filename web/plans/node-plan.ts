import { isDeepStrictEqual } from 'node:util';
import type { DesiredState, DesiredTenant } from '../../desired-state/model.ts';
import { tenantFolder } from '../../reconciler/plan/folders.ts';
import { planNode } from '../../reconciler/plan/node.ts';
import type { Plan, Refusal } from '../../reconciler/plan/plan.ts';
import { createPlanCache, type PlanCache } from '../../reconciler/plan/plan-cache.ts';
import type { NodeContext } from '../../renderers/container.ts';
import { nodeContext, tenantsOfNode } from '../../renderers/node-context.ts';
import type { TenantResources } from '../../renderers/resource.ts';
import { renderTenant } from '../../renderers/tenant.ts';
import { emptyRecord, own } from '../../schemas/own.ts';
import type { NodeSnapshot } from '../ports.ts';

/** All that a plan made away from its node depends on. */
export interface NodePlanInput {
  readonly node: string;
  readonly desired: DesiredState;
  readonly snapshot: NodeSnapshot;
  /** What the node enforces: a secret whose ciphertext is the same there has the fingerprint that the node told. */
  readonly enforced: DesiredState | null;
  /** Refusals that only the node can know of, by tenant: a secret that it could not open. */
  readonly refusals: Readonly<Record<string, readonly Refusal[]>>;
  readonly removalApproved: boolean;
  readonly now: number;
}

/** What planning the same node before left; it decides nothing. One for each node. */
export interface NodePlanCache {
  readonly plans: PlanCache;
  readonly rendered: Map<string, Rendered>;
  context: NodeContext | null;
}

interface Rendered {
  readonly tenant: DesiredTenant;
  readonly context: NodeContext;
  readonly fingerprints: Readonly<Record<string, string | null>>;
  readonly resources: TenantResources;
}

export function createNodePlanCache(): NodePlanCache {
  return { plans: createPlanCache(), rendered: new Map(), context: null };
}

/** A fingerprint that nothing has: the value is another than on the node, and nobody here can say which. */
const CHANGED = 'changed';

/**
 * The plan that the node itself would make for a state, from what it has published: the same rendering, the same planner.
 * Null when the state has no such node.
 */
export function planFromSnapshot(
  input: NodePlanInput,
  cache: NodePlanCache = createNodePlanCache(),
): Plan | null {
  const { node, desired, snapshot, refusals, removalApproved, now } = input;
  const context = keptContext(contextOf(desired, node, snapshot), cache);
  if (context === null) return null;
  const wanted = emptyRecord<TenantResources>();
  const tenants = tenantsOfNode(desired, node);
  for (const tenant of tenants) wanted[tenant.name] = rendered(tenant, context, input, cache);
  if (cache.rendered.size > tenants.length)
    for (const name of cache.rendered.keys()) if (wanted[name] === undefined) cache.rendered.delete(name);
  const { observed, memory } = snapshot;
  return planNode({ node, desired, wanted, observed, memory, refusals, removalApproved, now }, cache.plans);
}

function contextOf(desired: DesiredState, node: string, { folders }: NodeSnapshot): NodeContext | null {
  const { dataDir, secretsDir } = folders;
  return nodeContext(desired, node, {
    configDir: (tenant) => tenantFolder.files(dataDir, tenant),
    secretsDir: (tenant) => tenantFolder.secrets(secretsDir, tenant),
  });
}

/** The context of before where it says the same, so that what was rendered for it is good for this one. */
function keptContext(context: NodeContext | null, cache: NodePlanCache): NodeContext | null {
  const { context: before } = cache;
  const probe = 'any';
  const same =
    context !== null &&
    before !== null &&
    isDeepStrictEqual(before.owner, context.owner) &&
    isDeepStrictEqual(before.node, context.node) &&
    before.configDir(probe) === context.configDir(probe) &&
    before.secretsDir(probe) === context.secretsDir(probe);
  if (!same) cache.context = context;
  return cache.context;
}

function rendered(
  tenant: DesiredTenant,
  context: NodeContext,
  input: NodePlanInput,
  cache: NodePlanCache,
): TenantResources {
  const fingerprints = fingerprintsOf(tenant, input);
  const known = cache.rendered.get(tenant.name);
  if (
    known?.tenant === tenant &&
    known.context === context &&
    isDeepStrictEqual(known.fingerprints, fingerprints)
  )
    return known.resources;
  const fresh = renderTenant(tenant, context, fingerprints);
  const resources =
    known !== undefined && isDeepStrictEqual(known.resources, fresh) ? known.resources : fresh;
  cache.rendered.set(tenant.name, { tenant, context, fingerprints, resources });
  return resources;
}

function fingerprintsOf(
  tenant: DesiredTenant,
  { enforced, snapshot }: NodePlanInput,
): Record<string, string | null> {
  const told = own(snapshot.fingerprints, tenant.name) ?? {};
  const there = own(enforced?.tenants ?? {}, tenant.name)?.desired?.secrets ?? [];
  return Object.fromEntries(
    tenant.secrets.map(({ name, sealed }) => {
      const same = there.some((secret) => secret.name === name && secret.sealed === sealed);
      return [name, same ? (own(told, name) ?? null) : CHANGED];
    }),
  );
}
