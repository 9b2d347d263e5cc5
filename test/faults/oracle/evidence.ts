import type { CallRecord } from '../docker/record.ts';
import type { EngineChange } from '../world/engine.ts';
import type { Interference } from '../world/other-hand.ts';
import type { Outcome } from '../world/world.ts';
import type { FinalState, Identity } from './final-state.ts';

/** All that is known of a trial when it is over: plain data, for the judges. */
export interface Evidence {
  /** Identities of everything before the change. */
  readonly before: Readonly<Record<string, Identity>>;
  /** Of the runs in which the fault could happen, in order. */
  readonly outcomes: readonly Outcome[];
  /** Whether the process was asked to end. */
  readonly shutdown: boolean;
  /** Whether the fault only took its time: then nothing may fail. */
  readonly onlyLate: boolean;
  /** What a reconciler that went on to the end did not come to by itself; null where there was none. */
  readonly leftUndone: readonly string[] | null;
  /** Of the reconciler that came after the fault had ended: it converges, and then has nothing to do. */
  readonly recovery: Outcome;
  /** Passes that may find something to do after the fault: as many as without any, and at least two. */
  readonly patience: number;
  /** Since the change was pushed. */
  readonly calls: readonly CallRecord[];
  readonly changes: readonly EngineChange[];
  /** Healthy containers by id at the moment of the change, and their tenants. */
  readonly serving: ReadonlyMap<string, string>;
  readonly interferences: readonly Interference[];
  /** Times between which no container may be removed. */
  readonly held: { readonly from: number; readonly to: number } | null;
  readonly final: FinalState;
  /** Volumes that do not hold any more what was left in them before the change. */
  readonly lost: readonly string[];
  readonly phases: Readonly<Record<string, unknown>> | null;
  /** Files of the data folder by path, without the secrets'. */
  readonly disk: ReadonlyMap<string, string>;
  /** Logs, plans and statuses, as the reconciler wrote them. */
  readonly output: string;
}
