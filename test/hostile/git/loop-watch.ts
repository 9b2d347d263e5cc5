import { setTimeout } from 'node:timers/promises';

const INTERVAL = 5;

/**
 * Measures how long the event loop was held: the most processor time that this thread used between two looks. The
 * machine may be as busy as it likes, since waiting for a processor does not count.
 *
 * @returns what was answered, and the most milliseconds in one go
 */
export async function watchLoop<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly blockedMs: number }> {
  let worst = 0;
  let last = process.threadCpuUsage();
  const look = (): void => {
    const spent = process.threadCpuUsage(last);
    worst = Math.max(worst, (spent.user + spent.system) / 1000);
    last = process.threadCpuUsage();
  };
  const stop = new AbortController();
  const looking = (async () => {
    while (!stop.signal.aborted) {
      look();
      await setTimeout(INTERVAL);
    }
  })();
  try {
    const value = await work();
    return {
      value,
      get blockedMs() {
        return worst;
      },
    };
  } finally {
    look();
    stop.abort();
    await looking;
  }
}
