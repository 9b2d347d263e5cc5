import type { Problem } from '../schemas/problem.ts';

/**
 * What one revision asks for, resolved: defaults and plan quotas applied, channels turned into pinned images,
 * library prompts and skills looked up, durations in milliseconds and sizes in bytes. Plain JSON throughout.
 *
 * Nothing of it is ever changed, and revisions share what they have in common: when one is read after the other with the
 * same cache, each of the platform, the nodes, the channels, the tenants, what they hold (an entry, its `desired`, its
 * `problems`, a node, a channel) and the lists below that has the same value is the same object. So `===` tells whether
 * anything changed for a tenant, and what was worked out for it can be kept.
 */
export interface DesiredState {
  /** The commit that was read (full object id). */
  readonly revision: string;
  /**
   * The commit whose shared files (platform, nodes, channels, library) are in force. Differs from `revision` when
   * the newest shared files are invalid: then the whole revision is held.
   */
  readonly baseRevision: string;
  readonly platform: DesiredPlatform;
  readonly nodes: Readonly<Record<string, DesiredNode>>;
  readonly channels: Readonly<Record<string, DesiredChannel>>;
  readonly tenants: Readonly<Record<string, TenantEntry>>;
  /** Documents that validate but that nothing runs yet: the reconciler says so in its report. */
  readonly notActedOn: readonly { readonly kind: 'Job' | 'Site' | 'Stack'; readonly path: string }[];
  /** Every problem of `revision`, also those that hold a tenant or the revision. */
  readonly problems: readonly Problem[];
}

/** A tenant by name: what is enforced for it, and what is wrong with its newest files. */
export interface TenantEntry {
  readonly name: string;
  /** The last good definition, or null when no revision of it was ever valid. Null never means "remove". */
  readonly desired: DesiredTenant | null;
  /**
   * The revision `desired` was read from, when that is an older one; null while it is what `DesiredState.baseRevision`
   * says, and with `desired`. See `revisionOf`.
   */
  readonly heldAt: string | null;
  /** Problems of the tenant's newest files; an error among them means that the tenant is held. */
  readonly problems: readonly Problem[];
}

/** The revision that a tenant's definition was read from; null without a definition. */
export function revisionOf(
  { desired, heldAt }: Pick<TenantEntry, 'desired' | 'heldAt'>,
  { baseRevision }: Pick<DesiredState, 'baseRevision'>,
): string | null {
  return desired === null ? null : (heldAt ?? baseRevision);
}

export interface DesiredPlatform {
  /** Name of the installation; part of the ownership labels, so that two repositories never share a container. */
  readonly name: string;
  readonly guards: { readonly removal: { readonly percent: number; readonly atLeast: number } };
  /** age recipients (`age1…`) of the operators, to which every secret is encrypted besides the node's key. */
  readonly recoveryKeys: readonly string[];
  readonly approvals: readonly RemovalApproval[];
  readonly access: PlatformAccess;
}

/** Who may do what on the control node, by e-mail address as it is written; who owns a tenant is said by the tenant. */
export interface PlatformAccess {
  readonly 'platform-admin': readonly string[];
  readonly operator: readonly string[];
  readonly viewer: readonly string[];
}

/** An approval of a held mass removal, as committed in `tenantry.yaml`. */
export interface RemovalApproval {
  readonly node: string;
  /** The commit at which the tenants were already gone. */
  readonly revision: string;
  readonly remove: readonly string[];
  readonly by: string;
  readonly reason: string;
}

export interface DesiredNode {
  readonly name: string;
  /** Environment that every tenant of the node gets, below the tenant's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly network: { readonly pool: string; readonly shards: number };
  /** The most that its tenants may add up to; null where its file does not say. Of no concern to any one tenant. */
  readonly capacity: {
    readonly tenants: number | null;
    readonly memoryBytes: number | null;
    readonly nanoCpus: number | null;
  };
  /** age recipient of the node; null until `tenantry secret keygen` made one. */
  readonly ageKey: string | null;
}

export interface DesiredChannel {
  readonly name: string;
  readonly images: Readonly<Record<string, string>>;
  readonly promotesTo: string | null;
}

export interface DesiredTenant {
  readonly name: string;
  readonly owner: string;
  readonly node: string;
  readonly plan: string | null;
  readonly channel: string | null;
  readonly subdomain: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Pinned image reference. */
  readonly image: string;
  readonly command: readonly string[] | null;
  readonly user: string | null;
  readonly state: 'running' | 'stopped';
  /** Restart token; a new value makes a new container once. Empty when never set. */
  readonly restart: string;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly DesiredSecret[];
  readonly resources: { readonly memoryBytes: number; readonly nanoCpus: number; readonly pids: number };
  readonly readOnlyRoot: boolean;
  /** Mount paths that get a tmpfs, with their size in bytes. */
  readonly tmpfs: readonly { readonly path: string; readonly sizeBytes: number }[];
  readonly health: HealthCheck | null;
  readonly volumes: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly backup: boolean;
  }[];
  readonly update: { readonly strategy: 'start-first' | 'stop-first'; readonly drainMs: number };
  /** Signal that makes the runtime read its managed files again. */
  readonly reloadSignal: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly prompts: Readonly<Record<string, DesiredPrompt>>;
  readonly skills: Readonly<Record<string, DesiredSkill>>;
  readonly whatsapp: {
    readonly enabled: boolean;
    readonly pairing: string;
    readonly disconnect: string;
    /** Port of the runtime's bridge inside the container. */
    readonly port: number;
  };
  readonly drift: 'heal' | 'report';
  /** While `until` (milliseconds since the epoch) lies ahead, the reconciler changes nothing of the tenant. */
  readonly suspend: { readonly until: number; readonly reason: string; readonly owner: string } | null;
}

export type HealthCheck = HealthTiming &
  (
    | { readonly type: 'http'; readonly path: string; readonly port: number }
    | { readonly type: 'exec'; readonly command: readonly string[] }
  );

export interface HealthTiming {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
}

export interface DesiredSecret {
  readonly name: string;
  readonly as: 'file' | 'env';
  /** ASCII-armored age ciphertext. The value itself is never part of the model. */
  readonly sealed: string;
}

export interface DesiredPrompt {
  readonly text: string;
  readonly description: string;
  /** Where it came from: `tenants/acme/prompts/x.yaml` or `library/prompts/x.yaml`. */
  readonly path: string;
}

export interface DesiredSkill {
  readonly description: string;
  readonly instructions: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly path: string;
}
