import { isDeepStrictEqual } from 'node:util';
import type { DesiredNode, DesiredState, DesiredTenant } from '../../desired-state/model.ts';
import { own } from '../../schemas/own.ts';

/** A tenant that one of two states wants otherwise than the other. */
export interface Touched {
  readonly tenant: string;
  readonly before: DesiredTenant | null;
  readonly after: DesiredTenant | null;
  /** Nodes on which something may be to do for it: the one that it is on, and one that it leaves. */
  readonly nodes: readonly string[];
}

/**
 * Tenants of which anything differs between two states, in the order of their names; also those whose node is described
 * otherwise, since its environment and network are theirs.
 *
 * @param before null: nothing was in force
 */
export function touchedBetween(before: DesiredState | null, after: DesiredState): Touched[] {
  const moved = movedNodes(before, after);
  const names = new Set([...Object.keys(before?.tenants ?? {}), ...Object.keys(after.tenants)]);
  const touched: Touched[] = [];
  for (const name of names) {
    const old = own(before?.tenants ?? {}, name)?.desired ?? null;
    const wanted = own(after.tenants, name)?.desired ?? null;
    if (same(old, wanted) && !(wanted !== null && moved.has(wanted.node))) continue;
    if (old === null && wanted === null) continue;
    const nodes = new Set([...(old === null ? [] : [old.node]), ...(wanted === null ? [] : [wanted.node])]);
    touched.push({ tenant: name, before: old, after: wanted, nodes: [...nodes] });
  }
  return touched.sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
}

function movedNodes(before: DesiredState | null, after: DesiredState): ReadonlySet<string> {
  const renamed = before !== null && before.platform.name !== after.platform.name;
  const moved = Object.keys(after.nodes).filter(
    (name) => renamed || !same(forTenants(before, name), forTenants(after, name)),
  );
  return new Set(moved);
}

/** What of a node its tenants are made with: how many more it could take changes none of them. */
function forTenants(state: DesiredState | null, name: string): Omit<DesiredNode, 'capacity'> | null {
  const node = own(state?.nodes ?? {}, name);
  if (node === undefined) return null;
  const { capacity: _, ...rest } = node;
  return rest;
}

/** What is equal is mostly the same object. */
function same(a: unknown, b: unknown): boolean {
  return a === b || isDeepStrictEqual(a, b);
}
