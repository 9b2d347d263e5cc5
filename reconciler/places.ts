/** What somebody with a place can do with it. */
export interface Place {
  /**
   * Gives the place to others for as long as one thing is waited for, and waits for a place again after it.
   *
   * @param begun whether something is half done by then, which is urgent to finish, whatever it was to begin
   */
  readonly lend: <T>(wait: () => Promise<T>, begun: boolean) => Promise<T>;
}

/** For who works without a place: there is nothing to give away. */
export const noPlace: Place = { lend: (wait) => wait() };

type Enter = () => void;

/**
 * Places for those who work at once; the others wait. Who is urgent goes first, in the order in which they came; but when
 * both kinds wait, every second place is for one of the others, so that these come as well.
 */
export class Places {
  #free: number;
  readonly #urgent: Enter[] = [];
  readonly #others: Enter[] = [];
  #wasUrgent = false;

  constructor(places: number) {
    this.#free = places;
  }

  /** Works once there is a place. */
  async run<T>(work: (place: Place) => Promise<T>, urgent: boolean): Promise<T> {
    let held = false;
    const enter = async (hurried: boolean): Promise<void> => {
      await this.#enter(hurried);
      held = true;
    };
    const leave = (): void => {
      if (!held) return;
      held = false;
      this.#free += 1;
      this.#fill();
    };
    const lend: Place['lend'] = async (wait, begun) => {
      leave();
      // What fails ends the work, so that it needs no place again.
      const answer = await wait();
      await enter(urgent || begun);
      return answer;
    };
    await enter(urgent);
    try {
      return await work({ lend });
    } finally {
      leave();
    }
  }

  #enter(urgent: boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    (urgent ? this.#urgent : this.#others).push(resolve);
    this.#fill();
    return promise;
  }

  #fill(): void {
    while (this.#free > 0) {
      const lane = this.#nextLane();
      const enter = lane.shift();
      if (enter === undefined) return;
      this.#wasUrgent = lane === this.#urgent;
      this.#free -= 1;
      enter();
    }
  }

  #nextLane(): Enter[] {
    if (this.#others.length === 0) return this.#urgent;
    if (this.#urgent.length === 0) return this.#others;
    return this.#wasUrgent ? this.#others : this.#urgent;
  }
}
