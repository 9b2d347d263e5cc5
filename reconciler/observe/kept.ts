import { isDeepStrictEqual } from 'node:util';
import { withChanged } from '../../desired-state/changed-names.ts';
import {
  nothingObserved,
  type ObservedContainer,
  type ObservedNode,
  type ObservedTenant,
  type ObservedVolume,
} from '../plan/observed.ts';

/** What is as it was before is answered as the object from before: whoever made something from it need not do so again. */

export function sameTenant(before: ObservedTenant | undefined, now: ObservedTenant): ObservedTenant {
  const same =
    before !== undefined &&
    before.files === now.files &&
    before.secretFiles === now.secretFiles &&
    before.containers.length === now.containers.length &&
    before.containers.every((container, at) => container === now.containers[at]);
  return same ? before : now;
}

/** @param now in any order, as engines list them */
export function keptVolumes(
  before: ObservedNode['volumes'] | undefined,
  now: ObservedNode['volumes'],
): ObservedNode['volumes'] {
  if (before === undefined) return now;
  const known = new Map(before.map((volume) => [volume.name, volume]));
  let same = before.length === now.length;
  const kept = now.map((volume) => {
    const old = known.get(volume.name);
    if (old !== undefined && sameVolume(old, volume)) return old;
    same = false;
    return volume;
  });
  return same ? before : kept;
}

function sameVolume(a: ObservedVolume, b: ObservedVolume): boolean {
  return a.tenant === b.tenant && a.driver === b.driver && isDeepStrictEqual(a.options, b.options);
}

/** The volumes of the last observation, with those that were read anew; null for one that is not there. */
export function withVolumes(
  before: ObservedNode['volumes'],
  read: ReadonlyMap<string, ObservedVolume | null>,
): ObservedNode['volumes'] {
  if (read.size === 0) return before;
  const present = [...read.values()].filter((volume) => volume !== null);
  const old = before.filter(({ name }) => read.has(name));
  const moved = old.length !== present.length || keptVolumes(old, present) !== old;
  if (!moved) return before;
  return [...before.filter(({ name }) => !read.has(name)), ...present];
}

/** Networks and small records, compared as a whole. */
export function keptValue<T>(before: T | undefined, now: T): T {
  return before !== undefined && isDeepStrictEqual(before, now) ? before : now;
}

/** The tenants of the last observation, with those that were read anew. */
export function withTenants(
  before: ObservedNode['tenants'],
  names: ReadonlySet<string>,
  containers: ReadonlyMap<string, readonly ObservedContainer[]>,
  folders: ReadonlyMap<string, Pick<ObservedTenant, 'files' | 'secretFiles'>>,
): ObservedNode['tenants'] {
  const changes = new Map<string, ObservedTenant | undefined>();
  for (const name of names) {
    const read = tenantFrom(containers.get(name), folders.get(name));
    changes.set(name, read === null ? undefined : sameTenant(before[name], read));
  }
  return withChanged(before, changes);
}

/** Null for a tenant that has nothing on the node. */
export function tenantFrom(
  containers: readonly ObservedContainer[] = [],
  { files, secretFiles }: Pick<ObservedTenant, 'files' | 'secretFiles'> = nothingObserved,
): ObservedTenant | null {
  if (containers.length === 0 && files === null && secretFiles === null) return null;
  return { containers, files, secretFiles };
}
