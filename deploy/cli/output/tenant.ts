import {
  type DesiredState,
  type DesiredTenant,
  type HealthCheck,
  revisionOf,
  type TenantEntry,
} from '../../../desired-state/model.ts';
import type { Layout } from './plan.ts';
import { problemLines } from './problems.ts';
import { count, printable, shortId, wrap } from './text.ts';
import { formatTime } from './time.ts';
import { formatBytes } from './values.ts';

/** A tenant as it is enforced, everything resolved. */
export function tenantLines(entry: TenantEntry, state: DesiredState, layout: Layout): string[] {
  const { name, desired, problems } = entry;
  const { width, colours } = layout;
  const revision = revisionOf(entry, state);
  const at = revision === null ? 'never valid' : `at ${shortId(revision)}`;
  const fields = desired === null ? [] : fieldsOf(desired);
  return [
    `${colours.bold(name)} ${colours.dim(at)}`,
    ...fields.flatMap(([label, text]) =>
      wrap(printable(text), width, `  ${label.padEnd(12)}`, ' '.repeat(14)),
    ),
    ...problemLines(problems, colours),
  ];
}

function fieldsOf(tenant: DesiredTenant): (readonly [string, string])[] {
  const { resources, update, volumes, suspend, whatsapp } = tenant;
  const env = Object.entries(tenant.env).map(([name, value]) => `${name}=${value}`);
  const fields: (readonly [string, string | null])[] = [
    ['owner', tenant.owner],
    ['node', tenant.node],
    ['image', `${tenant.image}${tenant.channel === null ? '' : ` (channel ${tenant.channel})`}`],
    ['state', tenant.state],
    [
      'resources',
      `${formatBytes(resources.memoryBytes)} memory, ${resources.nanoCpus / 1e9} CPU, ${resources.pids} processes`,
    ],
    ['health', tenant.health === null ? 'not checked' : healthText(tenant.health)],
    ['update', `${update.strategy}, up to ${update.drainMs / 1_000} s to drain`],
    ['volumes', list(volumes.map((volume) => `${volume.name} at ${volume.mountPath}`))],
    ['environment', list(env)],
    ['secrets', list(tenant.secrets.map(({ name, as }) => `${name} (${as})`))],
    ['prompts', list(Object.keys(tenant.prompts))],
    [
      'skills',
      list(Object.entries(tenant.skills).map(([id, { enabled }]) => (enabled ? id : `${id} (off)`))),
    ],
    [
      'config',
      Object.keys(tenant.config).length === 0 ? null : count(Object.keys(tenant.config).length, 'key'),
    ],
    ['whatsapp', whatsapp.enabled ? `enabled, bridge on port ${whatsapp.port}` : null],
    ['drift', tenant.drift === 'heal' ? 'healed' : 'reported, not healed'],
    [
      'suspended',
      suspend === null ? null : `until ${formatTime(suspend.until)} by ${suspend.owner}: ${suspend.reason}`,
    ],
  ];
  return fields.filter((field): field is readonly [string, string] => field[1] !== null);
}

function healthText(health: HealthCheck): string {
  const what = health.type === 'http' ? `GET :${health.port}${health.path}` : health.command.join(' ');
  return `${what} every ${health.intervalMs / 1_000} s, ${count(health.retries, 'failure')} are too many`;
}

function list(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.join(', ');
}
