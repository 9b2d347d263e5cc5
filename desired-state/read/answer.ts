import { isDeepStrictEqual } from 'node:util';
import { own } from '../../schemas/own.ts';
import type { Problem } from '../../schemas/problem.ts';
import { withChanged } from '../changed-names.ts';
import type { DesiredState, TenantEntry } from '../model.ts';
import type { Enforced } from './in-force.ts';
import { changedKeys } from './sorted-map.ts';
import type { Definition } from './tenant.ts';
import type { Interruptible } from './turns.ts';

const NO_PROBLEMS: readonly Problem[] = [];

/** What is in force at a revision, and the desired state that was made of it. */
export interface Answer {
  readonly enforced: Enforced;
  readonly state: DesiredState;
}

/**
 * The desired state of what is in force.
 *
 * @param last what was answered before; whatever has the same value is the same object again
 */
export function* answering(enforced: Enforced, last: Answer | null): Interruptible<DesiredState> {
  const before = last?.state;
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
    tenants: yield* entries(enforced, last),
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
function* entries(enforced: Enforced, last: Answer | null): Interruptible<DesiredState['tenants']> {
  const { tenants, tenantProblems } = enforced;
  const before = last?.state.tenants ?? {};
  const changes = new Map<string, TenantEntry | undefined>();
  let came = false;
  for (const name of last === null ? tenants.keys() : namesToAnswer(enforced, last.enforced)) {
    yield;
    const definition = tenants.get(name);
    const known = own(before, name);
    if (definition === undefined) changes.set(name, undefined);
    else changes.set(name, entryOf(name, definition, tenantProblems.get(name) ?? NO_PROBLEMS, known));
    if (definition !== undefined && known === undefined) came = true;
  }
  if (!came) return withChanged(before, changes);
  const all = [...tenants.keys()].map((name) => [name, changes.get(name) ?? own(before, name)] as const);
  return Object.fromEntries(all.flatMap(([name, entry]) => (entry === undefined ? [] : [[name, entry]])));
}

/** Of whom something else may be said than before. */
function namesToAnswer(now: Enforced, before: Enforced): ReadonlySet<string> {
  const told = new Set([...before.tenantProblems.keys(), ...now.tenantProblems.keys()]);
  return changedKeys(before.tenants, now.tenants).union(told);
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
