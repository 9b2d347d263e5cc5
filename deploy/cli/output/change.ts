import type { Change, FieldDiff } from '../../../reconciler/plan/change.ts';
import type { Colours } from './colours.ts';
import { printable, shortId, visibleLength, wrap } from './text.ts';
import { formatSpan, formatTime } from './time.ts';
import { formatValue } from './values.ts';

export const symbols = { create: '+', update: '~', replace: '-/+', remove: '-' } as const;

/** Colours a line by what happens to what it names. */
export function colourOf(kind: Change['kind'], colours: Colours): (text: string) => string {
  const by = { create: colours.green, update: colours.yellow, replace: colours.magenta, remove: colours.red };
  return by[kind];
}

/** `container tenant_acme_runtime` */
export function resourceName(change: Change): string {
  const { kind, name } = change.resource;
  if (kind === 'files') return `managed files of ${name}`;
  if (kind === 'secret-files') return `secrets of ${name}`;
  return `${kind} ${name}`;
}

/**
 * One field as `path: found -> wanted`, or with `+` and `-` where it is added or taken away. What does not fit goes
 * below, so that no value is cut.
 */
export function fieldLines(change: Change, field: FieldDiff, width: number, indent: string): string[] {
  const { kind } = change.resource;
  const path = printable(field.path);
  const wanted = formatValue(kind, field.path, field.desired);
  const found = formatValue(kind, field.path, field.actual);
  const label =
    field.actual === undefined
      ? `+ ${path}: ${wanted}`
      : field.desired === undefined
        ? `- ${path}: ${found}`
        : '';
  if (label !== '') return wrap(label, width, indent, `${indent}    `);
  const line = `${indent}~ ${path}: ${found} -> ${wanted}`;
  if (visibleLength(line) <= width) return [line];
  return [
    `${indent}~ ${path}:`,
    ...wrap(found, width, `${indent}       `),
    ...wrap(wanted, width, `${indent}    -> `, `${indent}       `),
  ];
}

/** Why a difference is there: `commit 4f2c1d9e`, or since when and by which event of Docker it drifted. */
export function causeText(change: Change, revision: string | null, now: number): string {
  if (change.cause === 'commit') return revision === null ? 'gone from Git' : `commit ${shortId(revision)}`;
  return `drift${sinceText(change, now)}${eventText(change)}`;
}

export function sinceText(change: Change, now: number): string {
  if (change.since === undefined) return '';
  return ` since ${formatTime(change.since)} (${formatSpan(now - change.since)} ago)`;
}

/** `, by docker kill (signal 9)` */
export function eventText(change: Change): string {
  if (change.event === undefined) return '';
  const { action, detail } = change.event;
  return `, Docker event: ${printable(action)}${detail === '' ? '' : ` (${printable(detail)})`}`;
}

/** Memory without swap is one setting to people and two fields to Docker: one of them is enough in a sentence. */
export function withoutTwins(fields: readonly FieldDiff[]): readonly FieldDiff[] {
  const hasMemory = fields.some(({ path }) => path === 'memoryBytes');
  return hasMemory ? fields.filter(({ path }) => path !== 'memorySwapBytes') : fields;
}
