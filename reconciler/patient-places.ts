import pLimit from 'p-limit';

/**
 * Places for what should be over soon. What takes longer than that goes on, to its own time limit, and gives its place to
 * the next: whatever hangs keeps nobody waiting, however many it is.
 */
export class PatientPlaces {
  readonly #limit;
  readonly #patienceMs: number;

  /**
   * @param places how many are under way at once, those not counted that take long
   * @param patienceMs milliseconds after which one takes long
   */
  constructor(places: number, patienceMs: number) {
    this.#limit = pLimit(places);
    this.#patienceMs = patienceMs;
  }

  /** Begins once there is a place; resolves, or rejects, as what was begun does. */
  async run<T>(begin: () => Promise<T>): Promise<T> {
    const { promise: begun, resolve } = Promise.withResolvers<{ readonly ending: Promise<T> }>();
    void this.#limit(async () => {
      const ending = Promise.try(begin);
      resolve({ ending });
      await settledWithin(ending, this.#patienceMs);
    });
    return (await begun).ending;
  }
}

/** Resolves when it is over, well or badly, or when the time is. */
async function settledWithin(task: Promise<unknown>, ms: number): Promise<void> {
  const time = Promise.withResolvers<void>();
  const timer = setTimeout(time.resolve, ms);
  await Promise.race([Promise.allSettled([task]), time.promise]);
  clearTimeout(timer);
}
