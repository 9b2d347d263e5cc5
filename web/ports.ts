import type { Person, Repository } from '../desired-state/git/port.ts';
import type { DesiredState } from '../desired-state/model.ts';
import type { TenantMemory } from '../reconciler/plan/memory.ts';
import type { ObservedNode, ObservedTenant } from '../reconciler/plan/observed.ts';
import type { WireNodeHead, WireOutcome, WireTenantStatus } from '../schemas/link/status.ts';
import type { Role } from './api/models/platform.ts';
import type { LogLine, TenantEvent } from './api/models/tenant.ts';

/**
 * What the parts of the control node know of each other. Each is made once by `web/start.ts` and handed to the routes;
 * none of them can reach Docker.
 */

/** Anything that answers SQL. The same statements run on Postgres and on PGlite. */
export interface Queryable {
  /** @param sql with `$1`… for `parameters` */
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}

export interface Database extends Queryable {
  readonly kind: 'postgres' | 'embedded';
  /** Connections now, and callers that wait for one. */
  connections(): { readonly busy: number; readonly idle: number; readonly waiting: number };
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<T>(work: (inside: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The desired-state repository as the control node follows it. */
export interface Branch {
  readonly name: string;
  readonly repository: Repository;
  /** Newest commit that was fetched; null before the first. */
  head(): string | null;
  /** What is in force at it; null when no revision was ever valid. */
  desired(): DesiredState | null;
  /** Asks the remote now; bursts are one question. Answers the newest commit. */
  refresh(): Promise<string>;
  /** Calls `listener` after the branch moved and was read. Answers how to stop. */
  onMoved(listener: (revision: string) => void): () => void;
}

/** What a node last said. */
export interface NodeFacts {
  readonly name: string;
  readonly linked: boolean;
  readonly enrolled: boolean;
  /** Milliseconds since the epoch; null before it ever spoke. */
  readonly lastSeen: number | null;
  /** What it said last of itself; that its disk takes no more words is in `trouble`, and newer than the rest. */
  readonly head: WireNodeHead | null;
  /** The number of its outbox that was last taken over. */
  readonly received: number;
}

export interface TenantFacts {
  readonly node: string;
  readonly status: WireTenantStatus;
  /** When the node said so. */
  readonly at: number;
}

/** The part of a node's observed state that a plan is made from. */
export interface NodeSnapshot {
  readonly at: number;
  readonly linked: boolean;
  readonly observed: ObservedNode;
  readonly memory: Readonly<Record<string, TenantMemory>>;
  /** Whether the engine can limit swap. */
  readonly swapLimit: boolean;
  /** Folders of the node that rendering needs. */
  readonly folders: { readonly dataDir: string; readonly secretsDir: string };
  /** Fingerprints of secrets by tenant and name, as the node told them. */
  readonly fingerprints: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
}

export type Stop = () => void;

/** All nodes by what came over their links, in memory and in the store. */
export interface Fleet {
  nodes(): readonly NodeFacts[];
  node(name: string): NodeFacts | null;
  tenant(name: string): TenantFacts | null;
  tenants(): ReadonlyMap<string, TenantFacts>;
  /** Those that a node speaks for. */
  tenantsOf(node: string): readonly TenantFacts[];
  snapshot(node: string): Promise<NodeSnapshot | null>;
  /** The observed state of one tenant without the rest of its node. */
  observed(tenant: string): Promise<ObservedTenant | null>;
  /** The QR code that a tenant's runtime shows now, in memory alone; it is valid until `expiresAt`. */
  qr(tenant: string): { readonly code: string; readonly expiresAt: number } | null;
  onTenant(listener: (name: string) => void): Stop;
  onNode(listener: (name: string) => void): Stop;
  onOutcome(listener: (node: string, outcome: WireOutcome) => void): Stop;
  onEvent(listener: (event: TenantEvent) => void): Stop;
  /** Lines of a tenant's log while somebody wants them, the last ones first; ends with `signal`. */
  logs(tenant: string, signal: AbortSignal): AsyncIterable<readonly LogLine[]>;
}

/** Who asks. Made by `web/auth/`, judged by `web/access/`. */
export interface Caller {
  /** User id; for a program its token's name. */
  readonly id: string;
  readonly person: Person;
  readonly role: Role | null;
  /** Tenants of a tenant-owner; null for everybody who sees all. */
  readonly tenants: ReadonlySet<string> | null;
  /** Tenants whose owner he is, whatever else he may: a viewer can own one. */
  readonly owns: ReadonlySet<string>;
  readonly via: 'session' | 'access-token' | 'git-token';
}

export interface AuditEntry {
  readonly who: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly reason?: string;
  readonly from: string;
  readonly commit?: string | null;
}

export interface Audit {
  record(entry: AuditEntry): Promise<void>;
}
