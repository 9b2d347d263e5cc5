import { label } from '../../../renderers/labels.ts';
import { type CallRecord, isChange } from '../docker/record.ts';
import { nameOf, type Site } from '../world/site.ts';
import type { Evidence } from './evidence.ts';

/** Every changing call that a reconciler may ever make. */
const known: ReadonlySet<string> = new Set([
  'POST /containers/create',
  'POST /containers/{id}/start',
  'POST /containers/{id}/stop',
  'POST /containers/{id}/restart',
  'POST /containers/{id}/rename',
  'POST /containers/{id}/update',
  'POST /containers/{id}/unpause',
  'POST /containers/{id}/kill',
  'POST /containers/{id}/wait',
  'DELETE /containers/{id}',
  'POST /networks/create',
  'POST /networks/{id}/connect',
  'POST /networks/{id}/disconnect',
  'DELETE /networks/{id}',
  'POST /volumes/create',
  'POST /images/create',
]);

/** INV-5, INV-4, INV-20, INV-9: no call may have been made that must never be made, whether the engine obeyed or not. */
export function forbiddenCalls(site: Site, neighbours: readonly string[], evidence: Evidence): string[] {
  const denied = evidence.calls.some(({ fault }) => denials.has(fault));
  return evidence.calls.filter(isChange).flatMap((call) => {
    const about = `${call.key}${call.fault === null ? '' : ` (${call.fault})`}`;
    return [
      ...(known.has(`${call.method} ${call.template}`) ? [] : [`INV-5: ${about} is no call of a reconciler`]),
      ...(isTrue(call.query['v']) ? [`INV-5: ${about} deletes anonymous volumes`] : []),
      ...(isStranger(site, call) ? [`INV-20: ${about} touches what is not ours`] : []),
      ...(neighbours.some((name) => concerns(site, call, name, denied))
        ? [`INV-4: ${about} touches a neighbour`]
        : []),
      ...(removesWhileHeld(call, evidence) ? [`INV-9: ${about} while the removal was held`] : []),
      ...hostReach(call).map((what) => `INV-23: ${about} asks for ${what}`),
    ];
  });
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value.toLowerCase());
}

/** About a container whose labels say that it is somebody else's. */
function isStranger({ platform, node }: Site, { template, labels }: CallRecord): boolean {
  if (!template.startsWith('/containers/{id}') || labels === null) return false;
  return labels[label.platform] !== platform || labels[label.node] !== node;
}

/** Replies by which an engine denies what it has. */
const denials: ReadonlySet<string | null> = new Set(['stale', 'stale-oldest', 'status-404']);

/**
 * @param denied whether the engine denied to have something: to make that is no touch, because its name is taken and
 *   nothing happens
 */
function concerns(
  site: Site,
  { labels, subject, template }: CallRecord,
  tenant: string,
  denied: boolean,
): boolean {
  if (!template.startsWith(denied ? '/containers/{id}' : '/containers/')) return false;
  const name = nameOf(site, tenant);
  return labels?.[label.tenant] === name || subject?.startsWith(`tenant_${name}_`) === true;
}

function removesWhileHeld({ at, method, template }: CallRecord, { held }: Evidence): boolean {
  const removes = method === 'DELETE' || template === '/containers/{id}/stop';
  return removes && held !== null && at >= held.from && at < held.to;
}

/** What a container could reach its host by. */
function hostReach({ template, body }: CallRecord): string[] {
  if (template !== '/containers/create' || typeof body !== 'object' || body === null) return [];
  const host = 'HostConfig' in body ? (body.HostConfig as Readonly<Record<string, unknown>>) : {};
  return [
    ...(host['Privileged'] === true ? ['privileges'] : []),
    ...(host['Binds'] == null ? [] : ['binds']),
    ...(host['CapAdd'] == null ? [] : ['capabilities']),
    ...(host['NetworkMode'] === 'host' ? ["the host's network"] : []),
  ];
}
