import type { TenantResources } from '../../renderers/resource.ts';
import type { Problem } from '../../schemas/problem.ts';
import type { TenantResult } from '../apply/run.ts';
import type { Change } from '../plan/change.ts';
import type { Quarantine, TenantMemory, TokenOutcome } from '../plan/memory.ts';
import type { ObservedNode } from '../plan/observed.ts';
import type { Hold, Refusal } from '../plan/plan.ts';

/**
 * Where a tenant stands. `InSync`: Docker is as Git says. `Progressing`: steps are under way or due. `Drifted`: it
 * differs and is only shown. `Held`: it waits for a person (an approval, a valid file). `Degraded`: it serves, but not
 * as asked (bad release, failing health). `Failed`: it could not be brought there. `Suspended`: left alone by request.
 */
export const phases = [
  'InSync',
  'Progressing',
  'Drifted',
  'Held',
  'Degraded',
  'Failed',
  'Suspended',
] as const;
export type Phase = (typeof phases)[number];

export interface TenantStatus {
  readonly tenant: string;
  readonly phase: Phase;
  /** One sentence on why the phase is what it is; empty when in sync. */
  readonly reason: string;
  /** Since when it is in this phase, milliseconds since the epoch. */
  readonly since: number;
  readonly revision: string | null;
  /** `running`, `stopped`, or Docker's word for anything else; `missing` without a container. */
  readonly state: string;
  readonly health: HealthStatus;
  readonly image: string | null;
  readonly imageId: string | null;
  readonly containerId: string | null;
  readonly startedAt: string | null;
  /** Address on the tenants' bridge, reachable from the node. */
  readonly address: string | null;
  readonly changes: readonly Change[];
  readonly refusals: readonly Refusal[];
  readonly problems: readonly Problem[];
  readonly lastResult: TenantResult | null;
  readonly quarantine: Quarantine | null;
  readonly pairing: TokenOutcome | null;
  readonly disconnect: TokenOutcome | null;
}

export interface HealthStatus {
  readonly state: 'healthy' | 'unhealthy' | 'starting' | 'unknown' | 'none';
  readonly detail: string;
}

/** What a node says about itself: written to `status.json` in its data folder after each pass that changed it. */
export interface NodeStatus {
  readonly platform: string;
  readonly node: string;
  readonly engine: { readonly id: string; readonly version: string; readonly apiVersion: string };
  /** Process id of the reconciler; null when it was a single run. */
  readonly pid: number | null;
  /** Newest revision that was fetched, and the one whose shared files are in force. */
  readonly revision: string;
  readonly baseRevision: string;
  readonly source: SourceStatus;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly tenants: readonly TenantStatus[];
  readonly holds: readonly Hold[];
  readonly retained: readonly { readonly volume: string; readonly tenant: string }[];
  /** Problems of the newest revision, the first of them (`firstProblems`). */
  readonly problems: readonly Problem[];
  /** Documents that are valid and that nothing runs yet. */
  readonly notActedOn: readonly { readonly kind: string; readonly path: string }[];
  readonly lastPass: PassCost;
  /** Passes fail: what is said of the tenants is as it was before. Null while they succeed. */
  readonly trouble: Trouble | null;
}

/** Why the node cannot be looked at or acted on, as when the engine is away. */
export interface Trouble {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly message: string;
}

/** How following the branch goes; see `SourceStatus`. */
export const sourceStates = ['ok', 'unreachable', 'rewritten', 'invalid', 'unrecorded'] as const;

export interface SourceStatus {
  /**
   * `unreachable`: the last good revision stays enforced. `rewritten`: the branch no longer descends from it.
   * `unrecorded`: this node's disk does not take the record of a newer one, so it is not followed.
   */
  readonly state: (typeof sourceStates)[number];
  readonly detail: string;
  readonly since: number;
}

/** What a pass cost: Docker calls and milliseconds. */
export interface PassCost {
  readonly reads: number;
  readonly mutations: number;
  readonly ms: number;
}

/** What a status was made from, for whoever tells more of the node than its status. */
export interface StatusBasis {
  readonly observed: ObservedNode;
  readonly memory: Readonly<Record<string, TenantMemory>>;
  readonly wanted: Readonly<Record<string, TenantResources>>;
}

/** Something that happened to a tenant, or to the node as a whole. */
export interface NodeEvent {
  readonly tenant: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `qr` and the other events of the bridge; of the engine `container/die`, … */
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** 32 hex digits, the same for the same thing told again. */
  readonly once?: string;
}

/** Takes statuses, outcomes and events: files on the node, and the node link. Never waits for another machine. */
export interface StatusSink {
  publish(status: NodeStatus, basis: StatusBasis): Promise<void>;
  /** One entry a tenant and plan that was carried out: the history of the node. */
  record(result: TenantResult): Promise<void>;
  /** Something that happened; a hint, which may be passed over. */
  event(event: NodeEvent): void;
}
