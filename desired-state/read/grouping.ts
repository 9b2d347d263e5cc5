import { tenantOfPath } from '../../schemas/layout.ts';
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
  const lists: Record<List, Changes> = { shared: new Map(), apart: new Map(), stray: new Map() };
  const tenants = new Map<string, Changes>();
  for (const [path, file] of changes) {
    const place = placeOf(path);
    if (place.tenant === null) lists[place.list].set(path, file);
    else {
      const own = tenants.get(place.tenant);
      if (own === undefined) tenants.set(place.tenant, new Map([[path, file]]));
      else own.set(path, file);
    }
  }
  const changed = new Map(
    [...tenants].map(([tenant, own]) => {
      const files = replaced(before.tenants.get(tenant) ?? [], own);
      return [tenant, files.length === 0 ? undefined : files] as const;
    }),
  );
  return {
    shared: replaced(before.shared, lists.shared),
    apart: replaced(before.apart, lists.apart),
    stray: replaced(before.stray, lists.stray),
    tenants: changed.size === 0 ? before.tenants : withChanges(before.tenants, changed),
  };
}

/** All files, list by list. */
export function* filesOf({ shared, apart, tenants, stray }: Grouped): Generator<JudgedFile> {
  yield* shared;
  yield* apart;
  yield* stray;
  for (const files of tenants.values()) yield* files;
}

/** Files by path; null where one is gone. */
type Changes = Map<string, JudgedFile | null>;

function replaced(files: readonly JudgedFile[], changes: Changes): readonly JudgedFile[] {
  if (changes.size === 0) return files;
  const others = files.filter(({ path }) => !changes.has(path));
  const added = [...changes.values()].filter((file) => file !== null);
  return added.length === 0 ? others : [...others, ...added].sort((a, b) => byCodeUnits(a.path, b.path));
}

type List = 'shared' | 'apart' | 'stray';

type Place = { readonly tenant: string } | { readonly tenant: null; readonly list: List };

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
  return tenantOfPath(path) ?? /^tenants\/([^/.]+)(?:\.ya?ml)?$/.exec(path)?.[1] ?? null;
}
