import type { Clock } from '../ports.ts';
import type { NodeStatus } from './status.ts';

/** Without a pass that succeeded for so long the node is unhealthy. */
const unhealthyAfterMs = 3 * 60_000;

/** How the passes of a running reconciler went. */
export interface PassView {
  readonly succeeded: number;
  readonly failed: number;
  /** Of all that ended, however they did. */
  readonly totalMs: number;
  readonly lastMs: number;
  /** The end of the last one that succeeded, and when its revision was first in force; milliseconds since the epoch. */
  readonly lastSuccessAt: number | null;
  readonly revisionSince: number | null;
  /** What the last one that succeeded reported. */
  readonly status: NodeStatus | null;
}

export interface Verdict {
  readonly good: boolean;
  /** One line for a person. */
  readonly detail: string;
}

/**
 * Remembers how passes went, and judges from it whether the reconciler does its work. Judged by the clock that only
 * goes forward, so that a pass that never ends counts as one that fails.
 */
export class PassRecord {
  readonly #clock: Clock;
  readonly #limitMs: number;
  /** Where the time without success begins: the last success, before the first one the start. */
  #good: number;
  #began: number | null = null;
  #trouble: string | null = null;
  #view: PassView = {
    succeeded: 0,
    failed: 0,
    totalMs: 0,
    lastMs: 0,
    lastSuccessAt: null,
    revisionSince: null,
    status: null,
  };

  constructor(clock: Clock, limitMs = unhealthyAfterMs) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#good = clock.monotonic();
  }

  get view(): PassView {
    return this.#view;
  }

  began(): void {
    this.#began = this.#clock.monotonic();
  }

  succeeded(status: NodeStatus): void {
    const at = this.#clock.now();
    const { succeeded, revisionSince, status: before } = this.#view;
    this.#view = {
      ...this.#ended(),
      succeeded: succeeded + 1,
      lastSuccessAt: at,
      revisionSince: before?.revision === status.revision ? revisionSince : at,
      status,
    };
    this.#good = this.#clock.monotonic();
    this.#trouble = null;
  }

  failed(error: unknown): void {
    this.#view = { ...this.#ended(), failed: this.#view.failed + 1 };
    this.#trouble = error instanceof Error ? error.message : String(error);
  }

  /** Whether it works: bad when no pass has succeeded for three minutes, whether they fail or hang. */
  health(): Verdict {
    const forMs = this.#clock.monotonic() - this.#good;
    if (forMs < this.#limitMs) return { good: true, detail: 'passes succeed' };
    const seconds = Math.floor(forMs / 1_000);
    return { good: false, detail: `no pass has succeeded for ${seconds} s: ${this.#why()}` };
  }

  /** Whether what it says of the node is of now: good from the first pass that succeeded until one fails. */
  readiness(): Verdict {
    if (this.#trouble !== null) return { good: false, detail: this.#trouble };
    if (this.#view.succeeded === 0) return { good: false, detail: 'no pass has ended yet' };
    return this.health();
  }

  #why(): string {
    if (this.#trouble !== null) return this.#trouble;
    return this.#began === null ? 'none was begun' : 'the one under way does not end';
  }

  #ended(): PassView {
    const lastMs = this.#began === null ? 0 : this.#clock.monotonic() - this.#began;
    this.#began = null;
    return { ...this.#view, lastMs, totalMs: this.#view.totalMs + lastMs };
  }
}
