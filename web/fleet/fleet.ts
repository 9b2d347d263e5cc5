import { assembled, type SharedPiece, type TenantPiece } from '../../reconciler/plan/snapshot.ts';
import type { Fleet, NodeFacts, NodeSnapshot, Queryable, TenantFacts } from '../ports.ts';
import { type FleetState, listen } from './fleet-state.ts';
import type { LogDesk } from './log-desk.ts';

export interface FleetParts {
  readonly db: Queryable;
  readonly state: FleetState;
  readonly logs: LogDesk;
  /** The node on which Git places a tenant; null where Git does not know it. */
  readonly nodeOf: (tenant: string) => string | null;
  readonly now: () => number;
}

/** All nodes by what came over their links. */
export function fleetOf({ db, state, logs, nodeOf, now }: FleetParts): Fleet {
  const tenant = (name: string): TenantFacts | null => {
    const byNode = state.tenants.get(name);
    if (byNode === undefined) return null;
    // A node speaks for the tenants that Git gives it; of one that Git does not know, whoever spoke last.
    const node = nodeOf(name);
    if (node !== null) return byNode.get(node) ?? null;
    return [...byNode.values()].reduce((a, b) => (b.at > a.at ? b : a));
  };
  return {
    nodes: () => [...state.nodes.keys()].map((name) => state.facts(name)).filter(isThere),
    node: (name) => state.facts(name),
    tenant,
    tenants() {
      const names = [...state.tenants.keys()];
      const all = names.map((name) => [name, tenant(name)] as const);
      return new Map(all.filter((entry): entry is [string, TenantFacts] => entry[1] !== null));
    },
    tenantsOf(node) {
      const all = [...state.toldBy(node)].map((name) => tenant(name));
      // Another node may speak for one that this one tells of as well.
      return all.filter((facts): facts is TenantFacts => facts?.node === node);
    },
    snapshot: (node) => snapshotOf(db, state, node),
    async observed(name) {
      const node = nodeOf(name) ?? tenant(name)?.node;
      if (node === undefined) return null;
      const rows = await db.query<{ value: TenantPiece | null }>(
        'select value from snapshot_piece where node = $1 and tenant = $2',
        [node, name],
      );
      return rows[0]?.value?.observed ?? null;
    },
    qr: (name) => state.qr(name, nodeOf(name), now()),
    onTenant: (listener) => listen(state.onTenant, listener),
    onNode: (listener) => listen(state.onNode, listener),
    onOutcome: (listener) => listen(state.onOutcome, listener),
    onEvent: (listener) => listen(state.onEvent, listener),
    logs: (name, signal) => logs.read(name, signal),
  };
}

const isThere = (facts: NodeFacts | null): facts is NodeFacts => facts !== null;

async function snapshotOf(db: Queryable, state: FleetState, node: string): Promise<NodeSnapshot | null> {
  // What was written is a piece, or null: see `link/write-entries.ts`.
  const rows = await db.query<{ tenant: string; value: SharedPiece | TenantPiece | null; at: number }>(
    'select tenant, value, at from snapshot_piece where node = $1',
    [node],
  );
  const shared = rows.find(({ tenant }) => tenant === '');
  if (shared === undefined || rows.some(({ value }) => value === null)) return null;
  const common = shared.value as SharedPiece;
  const pieces = rows.filter(({ tenant }) => tenant !== '');
  const tenants = new Map(pieces.map(({ tenant, value }) => [tenant, value as TenantPiece]));
  return {
    ...assembled(common, tenants),
    at: Math.max(...rows.map(({ at }) => at)),
    linked: state.facts(node)?.linked ?? false,
    swapLimit: common.swapLimit,
    folders: common.folders,
  };
}
