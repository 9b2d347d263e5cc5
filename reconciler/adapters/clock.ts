import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../ports.ts';

/** The longest that one timer can wait: a larger number would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    const end = performance.now() + ms;
    try {
      do {
        const left = Math.min(end - performance.now(), LONGEST_TIMER_MS);
        // The end may have come since it was last looked at; Node warns of a negative time.
        await delay(Math.max(0, left), undefined, signal === undefined ? {} : { signal });
      } while (performance.now() < end);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
