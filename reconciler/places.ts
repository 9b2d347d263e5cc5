import pLimit, { type LimitFunction } from 'p-limit';

/** What somebody with a place can do with it. */
export interface Place {
  /** Gives the place to others for as long as one thing is waited for, and waits for a place again after it. */
  readonly lend: <T>(wait: () => Promise<T>) => Promise<T>;
}

/** For who works without a place: there is nothing to give away. */
export const noPlace: Place = { lend: (wait) => wait() };

/** Places for those who work at once; the others wait in the order in which they came. */
export class Places {
  readonly #limit: LimitFunction;

  constructor(places: number) {
    this.#limit = pLimit(places);
  }

  /** Works once there is a place. */
  async run<T>(work: (place: Place) => Promise<T>): Promise<T> {
    let leave = await this.#enter();
    const lend: Place['lend'] = async (wait) => {
      leave();
      // What fails ends the work, so that it needs no place again.
      const answer = await wait();
      leave = await this.#enter();
      return answer;
    };
    try {
      return await work({ lend });
    } finally {
      leave();
    }
  }

  /** Answers how to leave the place; to leave twice is no harm. */
  async #enter(): Promise<() => void> {
    const entered = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    void this.#limit(() => {
      entered.resolve();
      return left.promise;
    });
    await entered.promise;
    return left.resolve;
  }
}
