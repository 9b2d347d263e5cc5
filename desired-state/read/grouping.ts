import type { JudgedFile } from './document-cache.ts';
import { byCodeUnits, sortedMap, withChanges } from './sorted-map.ts';

/** The files of a revision by whom they concern; lists are in the order of paths. */
export interface Grouped {
  /** What every tenant may depend on: tenantry.yaml, nodes/, channels/, library/. */
  readonly shared: readonly JudgedFile[];
  /** sites/, stacks/, and files at places where nothing belongs. No tenant depends on them. */
  readonly apart: readonly JudgedFile[];
  /** In the order of names. */
  readonly tenants: ReadonlyMap<string, readonly JudgedFile[]>;
  /** Files of tenants/ that cannot be laid to any tenant. */
  readonly stray: readonly JudgedFile[];
}

const SHARED = /^(?:tenantry\.yaml$|nodes\/|channels\/|library\/)/;

/** Sorts files by whom they concern. Pure. */
export function group(files: Iterable<JudgedFile>): Grouped {
  const lists = { shared: [] as JudgedFile[], apart: [] as JudgedFile[], stray: [] as JudgedFile[] };
  const tenants = new Map<string, JudgedFile[]>();
  for (const file of [...files].sort((a, b) => byCodeUnits(a.path, b.path))) {
    const place = placeOf(file.path);
    if (place.tenant === null) lists[place.list].push(file);
    else {
      const own = tenants.get(place.tenant);
      if (own === undefined) tenants.set(place.tenant, [file]);
      else own.push(file);
    }
  }
  return { ...lists, tenants: sortedMap(tenants) };
}

/**
 * The same files with some changed, by path; null takes one out. Lists that do not change are the same objects as before,
 * by which the next steps know what they need not look at again. Pure.
 */
export function regroup(before: Grouped, changes: ReadonlyMap<string, JudgedFile | null>): Grouped {
  const lists = { shared: before.shared, apart: before.apart, stray: before.stray };
  const tenants = new Map<string, readonly JudgedFile[] | undefined>();
  for (const [path, file] of changes) {
    const place = placeOf(path);
    if (place.tenant === null) lists[place.list] = replaced(lists[place.list], path, file);
    else {
      const own = tenants.has(place.tenant) ? tenants.get(place.tenant) : before.tenants.get(place.tenant);
      const next = replaced(own ?? [], path, file);
      tenants.set(place.tenant, next.length === 0 ? undefined : next);
    }
  }
  return { ...lists, tenants: tenants.size === 0 ? before.tenants : withChanges(before.tenants, tenants) };
}

/** All files, list by list. */
export function* filesOf({ shared, apart, tenants, stray }: Grouped): Generator<JudgedFile> {
  yield* shared;
  yield* apart;
  yield* stray;
  for (const files of tenants.values()) yield* files;
}

function replaced(
  files: readonly JudgedFile[],
  path: string,
  file: JudgedFile | null,
): readonly JudgedFile[] {
  const others = files.filter((other) => other.path !== path);
  return file === null ? others : [...others, file].sort((a, b) => byCodeUnits(a.path, b.path));
}

type Place =
  | { readonly tenant: string }
  | { readonly tenant: null; readonly list: 'shared' | 'apart' | 'stray' };

function placeOf(path: string): Place {
  const tenant = tenantOf(path);
  if (tenant !== null) return { tenant };
  if (path.startsWith('tenants/')) return { tenant, list: 'stray' };
  return { tenant, list: SHARED.test(path) ? 'shared' : 'apart' };
}

/**
 * The tenant whom a file concerns: the one whose folder it lies in. A file `tenants/acme.yaml` is meant for acme, in
 * the wrong place, and a file `tenants/acme` is where acme's folder should be; neither may hold anybody else.
 */
function tenantOf(path: string): string | null {
  return /^tenants\/([^/]+)\//.exec(path)?.[1] ?? /^tenants\/([^/.]+)(?:\.ya?ml)?$/.exec(path)?.[1] ?? null;
}
