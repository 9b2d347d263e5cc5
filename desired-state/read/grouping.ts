import type { JudgedFile } from './document-cache.ts';
import type { DocumentSet } from './documents.ts';

/** The files of a revision by whom they concern; lists are in the order of paths. */
export interface Grouped {
  /** What every tenant may depend on: tenantry.yaml, nodes/, channels/, library/. */
  readonly shared: readonly JudgedFile[];
  /** sites/, stacks/, and files at places where nothing belongs. No tenant depends on them. */
  readonly apart: readonly JudgedFile[];
  readonly tenants: ReadonlyMap<string, readonly JudgedFile[]>;
  /** Files of tenants/ that cannot be laid to any tenant. */
  readonly stray: readonly JudgedFile[];
}

const SHARED = /^(?:tenantry\.yaml$|nodes\/|channels\/|library\/)/;

/** Sorts the files of a revision by whom they concern. Pure. */
export function group(set: DocumentSet): Grouped {
  const shared: JudgedFile[] = [];
  const apart: JudgedFile[] = [];
  const stray: JudgedFile[] = [];
  const tenants = new Map<string, JudgedFile[]>();
  for (const [path, file] of set.files) {
    const tenant = tenantOf(path);
    if (tenant !== null) {
      const files = tenants.get(tenant);
      if (files === undefined) tenants.set(tenant, [file]);
      else files.push(file);
    } else if (path.startsWith('tenants/')) stray.push(file);
    else (SHARED.test(path) ? shared : apart).push(file);
  }
  return { shared, apart, tenants, stray };
}

/**
 * The tenant whom a file concerns: the one whose folder it lies in. A file `tenants/acme.yaml` is meant for acme, in
 * the wrong place; it must not hold anybody else.
 */
function tenantOf(path: string): string | null {
  return /^tenants\/([^/]+)\//.exec(path)?.[1] ?? /^tenants\/([^/]+)\.ya?ml$/.exec(path)?.[1] ?? null;
}
