import type { PullProgress } from '../ports.ts';

/** Bytes of a layer that count as progress: what drips in slower does not keep a place. */
const STRIDE = 256 * 1024;

interface Waiting {
  readonly registry: string;
  readonly begin: () => void;
}

/**
 * Places for pulls. A pull that makes no progress keeps running and gives its place to the next one, so that registries
 * which hang keep nobody waiting; and the next one is of the registry with the fewest pulls under way, so that many
 * tenants of one that hangs do not go before the only one of another.
 */
export class PullQueue {
  readonly #places: number;
  readonly #patienceMs: number;
  #taken = 0;
  readonly #underWay = new Map<string, number>();
  readonly #waiting: Waiting[] = [];

  /**
   * @param places pulls that make progress, at a time
   * @param patienceMs milliseconds without progress after which a pull gives its place away
   */
  constructor(places: number, patienceMs: number) {
    this.#places = places;
    this.#patienceMs = patienceMs;
  }

  /** Makes a pull once there is a place. `pull` is given what it tells its progress to. */
  async run(
    registry: string,
    pull: (onProgress: (progress: PullProgress) => void) => Promise<void>,
  ): Promise<void> {
    await this.#place(registry);
    let held = true;
    const giveAway = (): void => {
      if (!held) return;
      held = false;
      this.#taken -= 1;
      this.#fill();
    };
    const patience = setTimeout(giveAway, this.#patienceMs);
    const moved = progressMeter();
    try {
      await pull((progress) => {
        if (moved(progress)) patience.refresh();
      });
    } finally {
      clearTimeout(patience);
      this.#count(registry, -1);
      giveAway();
    }
  }

  #place(registry: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ registry, begin: resolve });
    this.#fill();
    return promise;
  }

  #fill(): void {
    while (this.#taken < this.#places) {
      const next = this.#next();
      if (next === undefined) return;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#taken += 1;
      this.#count(next.registry, 1);
      next.begin();
    }
  }

  /** Of the registry with the fewest under way; of those the one that came first. */
  #next(): Waiting | undefined {
    let best: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (best === undefined || this.#of(waiting.registry) < this.#of(best.registry)) best = waiting;
    }
    return best;
  }

  #of(registry: string): number {
    return this.#underWay.get(registry) ?? 0;
  }

  #count(registry: string, by: number): void {
    const count = this.#of(registry) + by;
    if (count === 0) this.#underWay.delete(registry);
    else this.#underWay.set(registry, count);
  }
}

/**
 * Tells which lines of one pull are progress: a layer in a state that it was not in before, or with more of it there.
 * The engine's countdown to another try (`Retrying in 5 seconds`) and what is said again are none.
 */
export function progressMeter(): (progress: PullProgress) => boolean {
  const states = new Set<string>();
  const bytes = new Map<string, number>();
  return ({ layer, status, current }) => {
    if (/^retrying/i.test(status)) return false;
    const state = `${layer ?? ''} ${status}`;
    if (!states.has(state)) {
      states.add(state);
      bytes.set(state, current ?? 0);
      return true;
    }
    if (current === null || current < (bytes.get(state) ?? 0) + STRIDE) return false;
    bytes.set(state, current);
    return true;
  };
}
