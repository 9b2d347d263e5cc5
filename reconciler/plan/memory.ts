import type { CausingEvent } from './change.ts';

/**
 * What the reconciler remembers of a tenant between passes. All of it is disposable: without it a pass still converges,
 * it only knows less about causes, tries a quarantined spec once more, and asks the runtime what it was told before.
 */
export interface TenantMemory {
  /** What was last in sync with Git. */
  readonly applied: Applied | null;
  /** Spec hash that turned out bad, until Git asks for another one. */
  readonly quarantine: Quarantine | null;
  /** Managed files were swapped, and the runtime has neither been told nor been started since. */
  readonly reloadPending: boolean;
  /**
   * Their folder had to be made anew, at this time (milliseconds since the epoch) or after it: a runtime that was started
   * before holds on to the one that is gone. Null once it is known to have been started since.
   */
  readonly remountBefore: number | null;
  readonly pairing: TokenOutcome | null;
  readonly disconnect: TokenOutcome | null;
  /** First sight of each difference that is there now, by `resource name` + `#` + field path. */
  readonly seen: Readonly<Record<string, { readonly since: number; readonly event?: CausingEvent }>>;
}

/** What is pending no more once a runtime has read its files: one that was begun has mounted their folder as well. */
export const filesReadBy = {
  reload: { reloadPending: false },
  start: { reloadPending: false, remountBefore: null },
} as const;

export const blankMemory: TenantMemory = {
  applied: null,
  quarantine: null,
  reloadPending: false,
  remountBefore: null,
  pairing: null,
  disconnect: null,
  seen: {},
};

export interface Applied {
  /** The first revision at which this was in sync: later ones that left the tenant alone are not written down. */
  readonly revision: string;
  readonly specHash: string;
  /** Desired values of fields that change in place, by path; of files and secrets, their digests. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Quarantine {
  readonly specHash: string;
  readonly revision: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What became of a pairing or disconnect token. Written before the runtime is asked, so that a process asks it once. */
export interface TokenOutcome {
  readonly token: string;
  readonly state:
    | 'asked'
    | 'waiting-for-scan'
    | 'connected'
    | 'disconnected'
    | 'expired'
    | 'failed'
    | 'unknown';
  readonly at: number;
  readonly detail: string;
}
