/** So many in so many seconds. */
export interface Limit {
  readonly max: number;
  readonly seconds: number;
}

/** Names that are remembered; those with the fewest failures are forgotten beyond it. */
const REMEMBERED = 10_000;

interface Tally {
  /** When the first of these failures was, milliseconds since the epoch. */
  since: number;
  failed: number;
  /** Attempts that nobody knows the end of yet. */
  open: number;
}

export interface AttemptParts {
  readonly limit: Limit;
  /** Whether an error is the guess that went wrong: what keeps an attempt from being made says nothing of it. */
  readonly isFailure: (error: unknown) => boolean;
  /** What more attempts are refused with. */
  readonly refusal: (seconds: number) => Error;
  readonly now: () => number;
}

/**
 * Counts failed attempts by name. An attempt counts from its begin, so that many at once are no more than one after the
 * other; unless it fails it is given back.
 */
export class Attempts {
  readonly #parts: AttemptParts;
  readonly #tallies = new Map<string, Tally>();

  constructor(parts: AttemptParts) {
    this.#parts = parts;
  }

  /** @throws what `refusal` makes, when there were too many; else what `attempt` throws */
  async make<T>(name: string, attempt: () => Promise<T>): Promise<T> {
    const { limit, isFailure, refusal, now } = this.#parts;
    const tally = this.#tallyOf(name);
    if (tally.failed >= limit.max) throw refusal((tally.since + limit.seconds * 1000 - now()) / 1000);
    // As many as may fail are under way already.
    if (tally.failed + tally.open >= limit.max) throw refusal(1);
    tally.open += 1;
    try {
      return await attempt();
    } catch (error) {
      if (isFailure(error)) tally.failed += 1;
      throw error;
    } finally {
      tally.open -= 1;
      if (tally.failed + tally.open === 0 && this.#tallies.get(name) === tally) this.#tallies.delete(name);
    }
  }

  #tallyOf(name: string): Tally {
    const { limit, now } = this.#parts;
    const at = now();
    const known = this.#tallies.get(name);
    if (known !== undefined) {
      if (at - known.since >= limit.seconds * 1000) Object.assign(known, { since: at, failed: 0 });
      return known;
    }
    if (this.#tallies.size >= REMEMBERED) this.#forgetOne(at);
    const tally = { since: at, failed: 0, open: 0 };
    this.#tallies.set(name, tally);
    return tally;
  }

  /** One that is over, or else with the fewest failures: whoever invents names fails once with each, and wins nothing. */
  #forgetOne(at: number): void {
    const { limit } = this.#parts;
    let least: string | null = null;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [name, { since, failed, open }] of this.#tallies) {
      const weight = at - since >= limit.seconds * 1000 ? open : failed + open;
      if (weight >= fewest) continue;
      least = name;
      fewest = weight;
      if (weight === 0) break;
    }
    if (least !== null) this.#tallies.delete(least);
  }
}
