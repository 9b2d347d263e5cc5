import type { Log } from './log.ts';
import type { Clock, Docker, Files } from './ports.ts';
import type { PassRecord } from './report/pass-record.ts';

export interface LoopOptions {
  /** Every so often all is looked at anew; this alone is enough to converge. */
  readonly tickMs: number;
  /** Every so often Git is asked. */
  readonly pollMs: number;
  /** Bursts of hints that come within this time after a pass become one pass; see `Rest` for what cuts it short. */
  readonly gatherMs: number;
  /**
   * How often Git is asked while somebody tells of new revisions, and whether somebody does now; null where nobody ever
   * does.
   */
  readonly told: { readonly pollMs: number; readonly now: () => boolean } | null;
  /** Calls back when the repository may have moved (a local repository whose branch was written), until aborted. */
  readonly repositoryHints: ((onHint: () => void, signal: AbortSignal) => Promise<void>) | null;
}

export interface LoopPorts {
  readonly docker: Docker;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  /** Learns how each pass went. */
  readonly record: PassRecord;
}
