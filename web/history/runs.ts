import type { TenantRun } from '../api/models/edit.ts';
import type { Queryable, TenantFacts } from '../ports.ts';
import { lastRuns } from './history-store.ts';

/** Commits that touched a tenant that are kept for it. */
const TOUCHES = 32;

/** What runs for each tenant, as it was last written down, and which commits it follows from. */
export interface Runs {
  /** A commit touched a tenant; those of one tenant come in the order of the branch. */
  touched(tenant: string, oid: string, position: number): void;
  /** What is to be written down; null when the same ran before. */
  next(tenant: string, facts: TenantFacts, position: number | null): TenantRun | null;
}

export async function openRuns(store: Queryable): Promise<Runs> {
  const last = new Map<string, string>();
  for (const { tenant, ...run } of await lastRuns(store)) last.set(tenant, keyOf(run));
  const touches = new Map<string, { readonly oid: string; readonly position: number }[]>();
  /** The newest commit up to a place along the branch that touched a tenant; null when it is not known. */
  const commitFor = (tenant: string, position: number | null): string | null => {
    if (position === null) return null;
    return touches.get(tenant)?.findLast((each) => each.position <= position)?.oid ?? null;
  };
  return {
    touched(tenant, oid, position) {
      touches.set(tenant, [...(touches.get(tenant) ?? []), { oid, position }].slice(-TOUCHES));
    },
    next(tenant, { node, status, at }, position) {
      const { revision, image, imageId, containerId, state, phase } = status;
      const commit = commitFor(tenant, position);
      const run = { node, at, revision, commit, image, imageId, containerId, state, phase };
      const key = keyOf(run);
      if (last.get(tenant) === key) return null;
      last.set(tenant, key);
      return run;
    },
  };
}

/** A newer revision that left the tenant alone is not another run. */
function keyOf({ node, commit, image, imageId, containerId, state, phase }: TenantRun): string {
  return JSON.stringify([node, commit, image, imageId, containerId, state, phase]);
}
