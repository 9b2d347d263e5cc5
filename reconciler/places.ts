/** What somebody with a place can do with it. */
export interface Place {
  /**
   * Gives the place to others for as long as one thing is waited for, and waits for a place again after it.
   *
   * @param begun whether something is half done by then, which is to be finished before others of its kind begin
   */
  readonly lend: <T>(wait: () => Promise<T>, begun: boolean) => Promise<T>;
}

/** For who works without a place: there is nothing to give away. */
export const noPlace: Place = { lend: (wait) => wait() };

/**
 * Places for those who work at once; the others wait, in the order in which they came. Who is urgent has as many places
 * of his own: what takes its time (hundreds that drain for a minute each) keeps no repair waiting.
 */
export class Places {
  readonly #urgent: Lane;
  readonly #others: Lane;

  /** @param places of each kind */
  constructor(places: number) {
    this.#urgent = new Lane(places);
    this.#others = new Lane(places);
  }

  /** Works once there is a place. */
  async run<T>(work: (place: Place) => Promise<T>, urgent: boolean): Promise<T> {
    const lane = urgent ? this.#urgent : this.#others;
    let held = false;
    const enter = async (begun: boolean): Promise<void> => {
      await lane.enter(begun);
      held = true;
    };
    const leave = (): void => {
      if (held) lane.leave();
      held = false;
    };
    const lend: Place['lend'] = async (wait, begun) => {
      leave();
      // What fails ends the work, so that it needs no place again.
      const answer = await wait();
      await enter(begun);
      return answer;
    };
    await enter(false);
    try {
      return await work({ lend });
    } finally {
      leave();
    }
  }
}

type Enter = () => void;

/** Places of one kind. */
class Lane {
  #free: number;
  readonly #returning: Enter[] = [];
  readonly #coming: Enter[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  /** Resolves with a place. @param begun whether it is before those who have not begun */
  enter(begun: boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    (begun ? this.#returning : this.#coming).push(resolve);
    this.#fill();
    return promise;
  }

  leave(): void {
    this.#free += 1;
    this.#fill();
  }

  #fill(): void {
    while (this.#free > 0) {
      const enter = this.#returning.shift() ?? this.#coming.shift();
      if (enter === undefined) return;
      this.#free -= 1;
      enter();
    }
  }
}
