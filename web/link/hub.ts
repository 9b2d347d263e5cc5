import pLimit from 'p-limit';
import type { WebSocket } from 'ws';
import { link, type NodeMessage } from '../../schemas/link/messages.ts';
import type { TenantEvent } from '../api/models/tenant.ts';
import type { FleetState } from '../fleet/fleet-state.ts';
import type { LogDesk } from '../fleet/log-desk.ts';
import type { Log } from '../log.ts';
import type { Database } from '../ports.ts';
import { NodeSocket } from './node-socket.ts';
import type { Received } from './stretches.ts';
import { acceptedOf, type Position, takeEntries } from './take-entries.ts';

export interface HubParts {
  readonly db: Database;
  readonly state: FleetState;
  readonly logs: LogDesk;
  readonly log: Log;
  readonly now: () => number;
  /** The newest revision that was fetched. */
  readonly revision: () => string | null;
  /** The node on which Git places a tenant; null where Git does not know it. */
  readonly nodeOf: (tenant: string) => string | null;
  readonly silenceMs?: number;
}

/** Transactions of different nodes that are under way at once. */
const parallel = 6;

/** Holds the links of all nodes: brings what they tell into the store, once and in order, and tells them of revisions. */
export class Hub {
  readonly #parts: HubParts;
  readonly #links = new Map<string, NodeSocket>();
  readonly #limit = pLimit(parallel);
  /** What each was told last. */
  readonly #lookedAt = new WeakMap<NodeSocket, string>();

  constructor(parts: HubParts) {
    this.#parts = parts;
    parts.logs.onLookedAt(() => {
      for (const socket of this.#links.values()) this.#tellLookedAt(socket, this.#lookedAt.get(socket));
    });
  }

  /** Takes over the socket of a node whose token was verified. A node has one link: the newest. */
  add(node: string, socket: WebSocket): void {
    const { db, log, revision, silenceMs = 30_000 } = this.#parts;
    this.#links.get(node)?.close(link.replaced, 'a newer link took its place');
    const added = new NodeSocket({
      node,
      socket,
      log,
      silenceMs,
      revision,
      accepted: (outbox) => acceptedOf(db, node, outbox),
      take: (position, entries) => this.#limit(() => this.#take(position, entries)),
      onHello: ({ version, platform }) => log.info({ node, version, platform }, 'a node is linked'),
      onNow: (message) => this.#now(node, message),
      onWelcomed: () => this.#tellLookedAt(added),
      onHeard: () => this.#parts.state.seen(node, this.#parts.now()),
    });
    this.#links.set(node, added);
    this.#mark(node, true);
    socket.on('close', () => {
      if (this.#links.get(node) !== added) return;
      this.#links.delete(node);
      log.info({ node }, 'a node is linked no more');
      this.#mark(node, false);
    });
  }

  /** The branch moved: tells every linked node at once. */
  tellRevision(oid: string): void {
    for (const socket of this.#links.values()) socket.send({ type: 'revision', oid });
  }

  /** Ends the link of a node whose key is not accepted any more. */
  drop(node: string): void {
    this.#links.get(node)?.close(link.revoked, "the node's key is not accepted any more");
  }

  async #take(position: Position, entries: readonly Received[]): Promise<readonly TenantEvent[]> {
    const { db, state, now } = this.#parts;
    const at = now();
    const events = await db.transaction((inside) => takeEntries(inside, position, entries, at));
    state.seen(position.node, at);
    for (const { seq, at: written, entry } of entries) state.took(position.node, seq, written, entry);
    for (const event of this.#own(position.node, events)) state.happened(event);
    return events;
  }

  /**
   * What a node may tell of as it happens. One that is ahead of us with a tenant that has just moved to it may not yet:
   * what it says is in the store, and is read there once we know that the tenant is its own (`../fleet/events.ts`).
   */
  #own(node: string, events: readonly TenantEvent[]): readonly TenantEvent[] {
    const { nodeOf, log } = this.#parts;
    const own = events.filter(({ tenant }) => tenant === null || (nodeOf(tenant) ?? node) === node);
    const others = events.length - own.length;
    if (others > 0) log.warn({ node, others }, "a node told of tenants that are another one's");
    return own;
  }

  /** A node speaks for its own tenants: nobody is shown a code or a log of another node's making. */
  #now(node: string, message: Extract<NodeMessage, { type: 'log' | 'qr' | 'unwritten' }>): void {
    const { state, logs, nodeOf, now } = this.#parts;
    if (message.type === 'unwritten') return state.mark(node, { unwritten: message.trouble });
    const { tenant } = message;
    if (nodeOf(tenant) !== node) return;
    if (message.type === 'log') logs.took(tenant, message.lines);
    else state.showQr(node, tenant, { code: message.code, expiresAt: message.expiresAt }, now());
  }

  /** @param before what it knows already: who looks at one log is no news to all the other nodes */
  #tellLookedAt(socket: NodeSocket, before?: string): void {
    const { logs, nodeOf } = this.#parts;
    const tenants = logs.lookedAt().filter((tenant) => nodeOf(tenant) === socket.node);
    const known = JSON.stringify(tenants);
    if (known === before) return;
    this.#lookedAt.set(socket, known);
    socket.send({ type: 'looked-at', tenants });
  }

  #mark(node: string, linked: boolean): void {
    const { state, db, now, log } = this.#parts;
    const lastSeen = now();
    // A new link begins with what its node says of its disk, if anything.
    state.mark(node, { linked, lastSeen, ...(linked ? { unwritten: null } : {}) });
    db.query('update node set last_seen = $2 where name = $1', [node, lastSeen]).catch((error: unknown) =>
      log.warn({ node, err: error }, 'when a node was last seen could not be stored'),
    );
  }
}
