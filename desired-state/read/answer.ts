import { isDeepStrictEqual } from 'node:util';
import { own } from '../../schemas/own.ts';
import type { Problem } from '../../schemas/problem.ts';
import { withChanged } from '../changed-names.ts';
import type { DesiredState, TenantEntry } from '../model.ts';
import type { Enforced } from './in-force.ts';
import type { Definition } from './tenant.ts';
import type { Interruptible } from './turns.ts';

const NO_PROBLEMS: readonly Problem[] = [];

/**
 * The desired state of what is in force.
 *
 * @param before what was answered before; whatever has the same value is the same object again
 */
export function* answering(enforced: Enforced, before: DesiredState | null): Interruptible<DesiredState> {
  const { platform, nodes, channels } = enforced.shared;
  if (platform === null) throw new Error('Shared files without a platform were taken for valid.');
  return {
    revision: enforced.revision,
    baseRevision: enforced.baseRevision,
    platform: same(before?.platform, platform.desired),
    nodes: sameFields(
      before?.nodes,
      record(nodes, (node) => node?.desired ?? null),
    ),
    channels: sameFields(
      before?.channels,
      record(channels, (channel) => channel),
    ),
    tenants: yield* entries(enforced, before?.tenants),
    notActedOn: same(before?.notActedOn, enforced.notActedOn),
    problems: same(before?.problems, enforced.problems),
  };
}

/** The value of before where it is equal. */
function same<T>(before: T | undefined, now: T): T {
  return before !== undefined && (before === now || isDeepStrictEqual(before, now)) ? before : now;
}

/** The same for each field, and for all of them. */
function sameFields<T>(
  before: Readonly<Record<string, T>> | undefined,
  now: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  if (before === undefined) return now;
  const names = Object.keys(now);
  const kept = names.map((name): [string, T] => [name, same(before[name], now[name] as T)]);
  const all =
    names.length === Object.keys(before).length && kept.every(([name, value]) => before[name] === value);
  return all ? before : Object.fromEntries(kept);
}

/** In the order of names, like `enforced.tenants`. */
function* entries(
  { tenants, tenantProblems }: Enforced,
  before: DesiredState['tenants'] = {},
): Interruptible<DesiredState['tenants']> {
  const changes = new Map<string, TenantEntry | undefined>();
  let came = false;
  let kept = 0;
  for (const [name, definition] of tenants) {
    yield;
    const known = own(before, name);
    const entry = entryOf(name, definition, tenantProblems.get(name) ?? NO_PROBLEMS, known);
    if (known === undefined) came = true;
    else kept += 1;
    if (entry !== known) changes.set(name, entry);
  }
  if (came) {
    const all = [...tenants.keys()].map((name) => [name, changes.get(name) ?? own(before, name)] as const);
    return Object.fromEntries(all.flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry]])));
  }
  const gone = kept === Object.keys(before).length ? [] : Object.keys(before);
  for (const name of gone) if (!tenants.has(name)) changes.set(name, undefined);
  return withChanged(before, changes);
}

function entryOf(
  name: string,
  definition: Definition | null,
  problems: readonly Problem[],
  known: TenantEntry | undefined,
): TenantEntry {
  const desired = definition === null ? null : same(known?.desired ?? undefined, definition.desired);
  const entry = {
    name,
    desired,
    heldAt: definition?.heldAt ?? null,
    problems: same(known?.problems, problems),
  };
  const unchanged =
    known !== undefined &&
    known.desired === entry.desired &&
    known.heldAt === entry.heldAt &&
    known.problems === entry.problems;
  return unchanged ? known : entry;
}

function record<V, T>(map: ReadonlyMap<string, V>, of: (value: V) => T | null): Record<string, T> {
  const entries = [...map].flatMap(([name, value]): [string, T][] => {
    const made = of(value);
    return made === null ? [] : [[name, made]];
  });
  return Object.fromEntries(entries);
}
