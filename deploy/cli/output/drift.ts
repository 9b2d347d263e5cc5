import type { Change, FieldDiff } from '../../../reconciler/plan/change.ts';
import type { TenantStatus } from '../../../reconciler/report/status.ts';
import { eventText, resourceName, sinceText } from './change.ts';
import type { Layout } from './plan.ts';
import { paintPhase } from './status.ts';
import { printable, wrap } from './text.ts';
import { formatValue } from './values.ts';

/** Differences that another hand made, as last seen: what differs, since when, and by which event of Docker. */
export function driftLines(tenants: readonly TenantStatus[], now: number, layout: Layout): string[] {
  const drifted = tenants.filter((tenant) => driftOf(tenant).length > 0);
  if (drifted.length === 0) return ['No drift: nobody but Tenantry has changed what it manages.'];
  return drifted.flatMap((tenant, index) => [
    ...(index === 0 ? [] : ['']),
    `${layout.colours.bold(tenant.tenant)} (${paintPhase(tenant.phase, layout.colours)})`,
    ...wrap(printable(tenant.reason), layout.width, '  ').filter((line) => line.trim() !== ''),
    ...driftOf(tenant).flatMap((change) => changeLines(change, now, layout)),
  ]);
}

export function driftOf(tenant: TenantStatus): readonly Change[] {
  return tenant.changes.filter((change) => change.cause === 'drift');
}

const verbs = {
  create: 'is missing',
  update: 'differs',
  replace: 'differs',
  remove: 'should not be there',
} as const;

function changeLines(change: Change, now: number, { width, colours }: Layout): string[] {
  const sentence = `${resourceName(change)} ${verbs[change.kind]}${sinceText(change, now)}${eventText(change)}`;
  return [
    ...wrap(printable(sentence), width, '  ', '    '),
    ...change.fields.flatMap((field) => fieldText(change, field, width)).map((line) => colours.yellow(line)),
  ];
}

/** `memoryBytes: found 64Mi, wanted 512Mi` */
function fieldText({ resource }: Change, { path, actual, desired }: FieldDiff, width: number): string[] {
  const [found, wanted] = [actual, desired].map((value) => formatValue(resource.kind, path, value));
  return wrap(`${printable(path)}: found ${found}, wanted ${wanted}`, width, '    ', '      ');
}
