import type { LinkEntry } from '../../schemas/link/messages.ts';
import type { WireNodeHead, WireOutcome, WireTenantStatus } from '../../schemas/link/status.ts';
import type { TenantEvent } from '../api/models/tenant.ts';
import type { NodeFacts, Queryable, Stop, TenantFacts } from '../ports.ts';

interface KnownNode {
  enrolled: boolean;
  linked: boolean;
  lastSeen: number | null;
  head: WireNodeHead | null;
  /** Why the node cannot write down what it has to tell, as it says past its outbox; in memory alone. */
  unwritten: WireNodeHead['trouble'];
  received: number;
}

/** A node that has said nothing yet. */
const unknown: KnownNode = {
  enrolled: true,
  linked: false,
  lastSeen: null,
  head: null,
  unwritten: null,
  received: 0,
};

/** A QR code that may be scanned until `expiresAt`. */
export interface Qr {
  readonly code: string;
  readonly expiresAt: number;
}

type Listeners<A extends readonly unknown[]> = Set<(...told: A) => void>;

/** What all nodes said last, in memory: the same that is in the store, and QR codes, which are nowhere else. */
export class FleetState {
  readonly nodes = new Map<string, KnownNode>();
  /** By tenant, then by node: while a tenant moves, two nodes tell of it. */
  readonly tenants = new Map<string, Map<string, TenantFacts>>();
  /** Names of the tenants that each node tells of. */
  readonly #told = new Map<string, Set<string>>();
  readonly #codes = new Map<string, Qr & { readonly node: string }>();
  readonly onNode: Listeners<[node: string]> = new Set();
  readonly onTenant: Listeners<[tenant: string]> = new Set();
  readonly onOutcome: Listeners<[node: string, outcome: WireOutcome]> = new Set();
  readonly onEvent: Listeners<[event: TenantEvent]> = new Set();

  /** Everything that the store knows. */
  static async load(db: Queryable): Promise<FleetState> {
    const state = new FleetState();
    const nodes = await db.query<{
      name: string;
      public_key: string | null;
      head: WireNodeHead | null;
      last_seen: number | null;
    }>('select name, public_key, head, last_seen from node');
    for (const { name, public_key: key, head, last_seen: lastSeen } of nodes) {
      const enrolled = key !== null;
      state.nodes.set(name, { ...unknown, enrolled, lastSeen, head });
    }
    const accepted = await db.query<{ node: string; accepted: number }>(
      'select node, max(accepted) as accepted from node_outbox group by node',
    );
    for (const { node, accepted: received } of accepted) state.#node(node).received = received;
    const statuses = await db.query<{
      node: string;
      tenant: string;
      revision: string | null;
      status: WireTenantStatus;
      at: number;
    }>('select node, tenant, revision, status, at from tenant_status');
    for (const { node, tenant, revision, status, at } of statuses) {
      state.#put(tenant, { node, status: { ...status, revision }, at });
    }
    return state;
  }

  facts(name: string): NodeFacts | null {
    const known = this.nodes.get(name);
    if (known === undefined) return null;
    const { unwritten, ...facts } = known;
    const head =
      facts.head !== null && unwritten !== null ? { ...facts.head, trouble: unwritten } : facts.head;
    return { name, ...facts, head };
  }

  /** Names of the tenants that a node tells of. */
  toldBy(node: string): ReadonlySet<string> {
    return this.#told.get(node) ?? nobody;
  }

  /** What is in the store by now; tells whoever listens. */
  took(node: string, seq: number, at: number, entry: LinkEntry): void {
    const known = this.#node(node);
    known.received = seq;
    if (entry.kind === 'status') this.#tookStatuses(node, known, entry, at);
    if (entry.kind === 'outcome') for (const listener of this.onOutcome) listener(node, entry.result);
  }

  happened(event: TenantEvent): void {
    if (event.tenant !== null && this.#codes.get(event.tenant)?.node === event.node)
      this.#codes.delete(event.tenant);
    for (const listener of this.onEvent) listener(event);
  }

  /** A code is shown; it is kept until it expires or something else happens, in memory alone. */
  showQr(node: string, tenant: string, qr: Qr, now: number): void {
    if (qr.expiresAt <= now) return;
    this.#codes.set(tenant, { ...qr, node });
    const event = { id: 0, at: now, node, tenant, type: 'qr', data: { ...qr } };
    for (const listener of this.onEvent) listener(event);
  }

  /** @param place the node on which Git places the tenant now: a code of another one is none */
  qr(tenant: string, place: string | null, now: number): Qr | null {
    const known = this.#codes.get(tenant);
    if (known === undefined) return null;
    const { node, ...qr } = known;
    if (qr.expiresAt > now && node === place) return qr;
    this.#codes.delete(tenant);
    return null;
  }

  /** A node was given a token, enrolled, lost its key, was linked or is so no more, or cannot write its outbox. */
  mark(
    node: string,
    facts: Partial<Pick<KnownNode, 'enrolled' | 'linked' | 'lastSeen' | 'unwritten'>>,
  ): void {
    Object.assign(this.#node(node), facts);
    for (const listener of this.onNode) listener(node);
  }

  seen(node: string, now: number): void {
    this.#node(node).lastSeen = now;
  }

  #tookStatuses(
    node: string,
    known: KnownNode,
    { head, tenants, removed, present }: Extract<LinkEntry, { kind: 'status' }>,
    at: number,
  ): void {
    const changed = new Set<string>();
    const base = known.head?.baseRevision ?? null;
    if (base !== null && base !== head.baseRevision) {
      for (const tenant of this.toldBy(node)) {
        const facts = this.tenants.get(tenant)?.get(node);
        if (facts?.status.revision !== base) continue;
        this.#put(tenant, { ...facts, status: { ...facts.status, revision: head.baseRevision } });
        changed.add(tenant);
      }
    }
    const isNews = known.head === null || factsOf(known.head) !== factsOf(head);
    known.head = head;
    for (const status of tenants) {
      this.#put(status.tenant, { node, status, at });
      changed.add(status.tenant);
    }
    const there = present === undefined ? null : new Set(present);
    const others = there === null ? [] : [...this.toldBy(node)].filter((tenant) => !there.has(tenant));
    for (const tenant of [...removed, ...others]) if (this.#drop(tenant, node)) changed.add(tenant);
    if (isNews) for (const listener of this.onNode) listener(node);
    for (const tenant of changed) for (const listener of this.onTenant) listener(tenant);
  }

  #put(tenant: string, facts: TenantFacts): void {
    const byNode = this.tenants.get(tenant) ?? new Map<string, TenantFacts>();
    this.tenants.set(tenant, byNode.set(facts.node, facts));
    const told = this.#told.get(facts.node) ?? new Set<string>();
    this.#told.set(facts.node, told.add(tenant));
  }

  /** @returns whether it was there */
  #drop(tenant: string, node: string): boolean {
    this.#told.get(node)?.delete(tenant);
    const byNode = this.tenants.get(tenant);
    if (byNode?.delete(node) !== true) return false;
    if (byNode.size === 0) this.tenants.delete(tenant);
    return true;
  }

  #node(name: string): KnownNode {
    const known = this.nodes.get(name);
    if (known !== undefined) return known;
    const made: KnownNode = { ...unknown };
    this.nodes.set(name, made);
    return made;
  }
}

const nobody: ReadonlySet<string> = new Set();

/** When a head was made and what it cost is no news. */
function factsOf({ at: _, lastPass: __, ...facts }: WireNodeHead): string {
  return JSON.stringify(facts);
}

/** Adds a listener; answers how to take it away. */
export function listen<A extends readonly unknown[]>(to: Listeners<A>, listener: (...told: A) => void): Stop {
  to.add(listener);
  return () => void to.delete(listener);
}
