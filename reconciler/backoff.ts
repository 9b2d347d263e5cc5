import type { Clock } from './ports.ts';

const firstMs = 1_000;
const mostMs = 5 * 60_000;

/** When a tenant that failed may be tried again: doubling from one second to five minutes, each with jitter. */
export class Backoff {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #waits = new Map<
    string,
    { readonly failures: number; readonly until: number; readonly subject: string }
  >();

  constructor(clock: Clock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * @param subject what was tried (the revision): something else may be tried at once
   * @param lasting an error that trying again does not mend waits the longest time from the start
   */
  failed(tenant: string, subject: string, lasting: boolean): void {
    const before = this.#waits.get(tenant);
    const failures = lasting ? 16 : (before?.subject === subject ? before.failures : 0) + 1;
    const full = Math.min(mostMs, firstMs * 2 ** (failures - 1));
    // Full jitter over the upper half: tenants that failed together do not come back together.
    const delay = full * (0.5 + this.#random() / 2);
    this.#waits.set(tenant, { failures, until: this.#clock.monotonic() + delay, subject });
  }

  /** Tenants that failed last. */
  get size(): number {
    return this.#waits.size;
  }

  succeeded(tenant: string): void {
    this.#waits.delete(tenant);
  }

  /** Milliseconds until the tenant may be tried with this subject; 0 when now. */
  wait(tenant: string, subject: string): number {
    const entry = this.#waits.get(tenant);
    if (entry === undefined || entry.subject !== subject) return 0;
    return Math.max(0, entry.until - this.#clock.monotonic());
  }
}

/** The shortest of some waits in milliseconds; null for one that is none, and for none at all. */
export function earliest(...waits: readonly (number | null)[]): number | null {
  const known = waits.filter((wait) => wait !== null);
  return known.length === 0 ? null : Math.min(...known);
}
