import type { DesiredState, DesiredTenant } from '../../desired-state/model.ts';
import { diffFields } from '../../reconciler/plan/diff.ts';
import { impactOf } from '../../reconciler/plan/impact.ts';
import type { NodeContext } from '../../renderers/container.ts';
import type { TenantResources } from '../../renderers/resource.ts';
import { renderTenant } from '../../renderers/tenant.ts';
import { own } from '../../schemas/own.ts';
import { withoutTwins } from './output/change.ts';
import { count } from './output/text.ts';

/** Above so many tenants with the same effect, they are counted instead of named. */
const mostNamed = 6;

/**
 * What an edit will mean on the nodes, in words: the difference of what two states render to, by the same table of
 * impacts that plans use. Nothing is observed: a node that has drifted does more than this.
 *
 * @param before null when that revision cannot be read
 */
export function effectsBetween(before: DesiredState | null, after: DesiredState | null): string[] {
  if (before === null || after === null) return [];
  const names = [...new Set([...Object.keys(before.tenants), ...Object.keys(after.tenants)])].sort();
  const byEffect = new Map<string, string[]>();
  for (const name of names) {
    for (const effect of effectsOn(name, before, after))
      byEffect.set(effect, [...(byEffect.get(effect) ?? []), name]);
  }
  return [...byEffect].map(([effect, tenants]) => `${named(tenants)}: ${effect}.`);
}

function effectsOn(name: string, before: DesiredState, after: DesiredState): string[] {
  const old = own(before.tenants, name)?.desired ?? null;
  const wanted = own(after.tenants, name)?.desired ?? null;
  if (wanted === null) return old === null ? [] : [`removed from ${old.node}; its volumes stay`];
  const goesOn = old !== null && old.node === wanted.node;
  if (wanted.suspend !== null) return old?.suspend == null ? ['left alone while it is suspended'] : [];
  if (!goesOn) {
    const moved = old === null ? [] : [`removed from ${old.node}; its volumes stay there`];
    return [
      ...moved,
      wanted.state === 'running' ? `created on ${wanted.node}` : `made ready on ${wanted.node}, not started`,
    ];
  }
  const changed = changeOf(resources(old, before), resources(wanted, after), wanted);
  return [
    ...(old.suspend === null ? [] : ['reconciled again']),
    ...(changed === null ? [] : [changed]),
    ...(old.secrets.some((secret) => isResealed(secret, wanted))
      ? ['new secret values reach the runtime']
      : []),
    ...(old.whatsapp.pairing === wanted.whatsapp.pairing ? [] : ['asked once to pair']),
    ...(old.whatsapp.disconnect === wanted.whatsapp.disconnect ? [] : ['asked once to disconnect']),
  ];
}

function changeOf(old: TenantResources, wanted: TenantResources, tenant: DesiredTenant): string | null {
  const runs = wanted.container.running;
  if (old.specHash !== wanted.specHash) {
    if (!runs) return 'a new container is made, and not started';
    if (!old.container.running) return 'a new container is made and started';
    return tenant.update.strategy === 'start-first'
      ? 'replaced, no interruption'
      : 'recreated, about 2 s down';
  }
  if (old.container.running !== runs) return runs ? 'started' : 'stopped';
  const fields = withoutTwins(diffFields(old.container.spec, wanted.container.spec)).filter(
    (field) => impactOf(field) !== 'replace',
  );
  if (fields.length > 0)
    return `${fields.map(({ path }) => path).join(', ')} updated in place; nothing restarts`;
  const files = diffFields(old.files.digests, wanted.files.digests);
  if (files.length === 0) return null;
  return `${count(files.length, 'file')} swapped in place (${files.map(({ path }) => path).join(', ')}); nothing restarts`;
}

function isResealed(old: DesiredTenant['secrets'][number], wanted: DesiredTenant): boolean {
  return wanted.secrets.some((secret) => secret.name === old.name && secret.sealed !== old.sealed);
}

/** Rendered for comparing only: the folders of the node are not known here, and are the same on both sides. */
function resources(tenant: DesiredTenant, state: DesiredState): TenantResources {
  const node = own(state.nodes, tenant.node);
  if (node === undefined)
    throw new Error(`${tenant.name} is on ${tenant.node}, which the resolved state does not have`);
  const context: NodeContext = {
    owner: { platform: state.platform.name, node: node.name },
    node,
    configDir: (name) => `/config/${name}`,
    secretsDir: (name) => `/secrets/${name}`,
  };
  return renderTenant(tenant, context, {});
}

function named(tenants: readonly string[]): string {
  return tenants.length > mostNamed ? `${tenants.length} tenants` : tenants.join(', ');
}
