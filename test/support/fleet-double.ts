import type { WireNodeHead, WireOutcome, WireTenantStatus } from '../../schemas/link/status.ts';
import type { Fleet, NodeFacts, NodeSnapshot, TenantFacts } from '../../web/ports.ts';
import { atRest } from './at-rest.ts';

/** A tenant's status in which all is well; `parts` say what is different. */
export function wireStatus(tenant: string, parts: Partial<WireTenantStatus> = {}): WireTenantStatus {
  return {
    tenant,
    phase: 'InSync',
    reason: '',
    since: 1,
    revision: null,
    state: 'running',
    health: { state: 'healthy', detail: '' },
    image: 'registry.example.com/runtime:v1.0.0',
    imageId: 'sha256:1',
    containerId: `c-${tenant}`,
    startedAt: null,
    address: null,
    ...atRest,
    ...parts,
  };
}

/** A node's head in which all is well. */
export function wireHead(node: string, revision: string): WireNodeHead {
  return {
    platform: 'test',
    node,
    engine: { id: 'FAKE', version: '20.10.24', apiVersion: '1.41' },
    pid: 1,
    revision,
    baseRevision: revision,
    source: { state: 'ok', detail: '', since: 1 },
    at: Date.now(),
    holds: [],
    retained: [],
    problems: [],
    notActedOn: [],
    lastPass: { reads: 0, mutations: 0, ms: 0 },
    trouble: null,
  };
}

/** What nodes said, as a test says it: no links, no store. */
export class FleetDouble implements Fleet {
  readonly #tenants = new Map<string, TenantFacts>();
  readonly #nodes = new Map<string, NodeFacts>();
  readonly snapshots = new Map<string, NodeSnapshot>();
  readonly #onTenant = new Set<(name: string) => void>();
  readonly #onNode = new Set<(name: string) => void>();
  readonly #onOutcome = new Set<(node: string, outcome: WireOutcome) => void>();

  /** A node says what it has of a tenant. */
  tell(node: string, status: WireTenantStatus, at = Date.now()): void {
    this.#tenants.set(status.tenant, { node, status, at });
    for (const listener of this.#onTenant) listener(status.tenant);
  }

  forget(tenant: string): void {
    this.#tenants.delete(tenant);
    for (const listener of this.#onTenant) listener(tenant);
  }

  /** A node says which revision it has, and what `more` holds. */
  tellNode(name: string, revision: string, linked = true, more: Partial<WireNodeHead> = {}): void {
    const head: WireNodeHead = { ...wireHead(name, revision), ...more };
    this.#nodes.set(name, { name, linked, enrolled: true, lastSeen: Date.now(), head, received: 1 });
    for (const listener of this.#onNode) listener(name);
  }

  tellOutcome(node: string, outcome: WireOutcome): void {
    for (const listener of this.#onOutcome) listener(node, outcome);
  }

  nodes = (): readonly NodeFacts[] => [...this.#nodes.values()];
  node = (name: string): NodeFacts | null => this.#nodes.get(name) ?? null;
  tenant = (name: string): TenantFacts | null => this.#tenants.get(name) ?? null;
  tenants = (): ReadonlyMap<string, TenantFacts> => this.#tenants;
  tenantsOf = (node: string): readonly TenantFacts[] =>
    [...this.#tenants.values()].filter((facts) => facts.node === node);
  snapshot = async (node: string): Promise<NodeSnapshot | null> => this.snapshots.get(node) ?? null;
  observed = async (): Promise<null> => null;
  qr = (): null => null;
  onTenant = (listener: (name: string) => void) => added(this.#onTenant, listener);
  onNode = (listener: (name: string) => void) => added(this.#onNode, listener);
  onOutcome = (listener: (node: string, outcome: WireOutcome) => void) => added(this.#onOutcome, listener);
  onEvent = () => () => undefined;
  async *logs(): AsyncGenerator<never> {
    // Nobody writes a log here.
  }
}

function added<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
