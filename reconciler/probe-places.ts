import pLimit from 'p-limit';

/** Requests that are young: at most so many are begun and not yet answered. */
const places = 64;
/** Milliseconds after which a request keeps nobody waiting: a runtime that answers at all takes a few. */
const patienceMs = 500;

/**
 * Places for health requests. One that is not answered soon goes on to its own time limit and gives its place to the
 * next: runtimes that hang keep nobody waiting, however many they are.
 */
export class ProbePlaces {
  readonly #limit = pLimit(places);

  /** Begins a request once there is a place; resolves, or rejects, as it does. */
  async run(ask: () => Promise<void>): Promise<void> {
    let asking = Promise.resolve();
    await this.#limit(async () => {
      asking = ask();
      await settledWithin(asking, patienceMs);
    });
    await asking;
  }
}

/** Resolves when it is over, well or badly, or when the time is. */
async function settledWithin(task: Promise<void>, ms: number): Promise<void> {
  const time = Promise.withResolvers<void>();
  const timer = setTimeout(time.resolve, ms);
  await Promise.race([Promise.allSettled([task]), time.promise]);
  clearTimeout(timer);
}
