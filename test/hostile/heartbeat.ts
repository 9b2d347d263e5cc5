/** The longest that a hostile input may keep this process from everything else, in milliseconds of its processor time. */
export const MOST_BLOCKED_MS = 200;

/**
 * Runs `work` beside a timer, and answers the most processor time that this thread spent between two beats of it. Waiting
 * does not count, and neither does the time that a busy machine gave to others: what is measured is work that nothing
 * else could interrupt.
 */
export async function longestBlock<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly ms: number }> {
  let longest = 0;
  let last = process.threadCpuUsage();
  const beat = (): void => {
    const { user, system } = process.threadCpuUsage(last);
    longest = Math.max(longest, (user + system) / 1_000);
    last = process.threadCpuUsage();
  };
  const timer = setInterval(beat, 1);
  try {
    const value = await work();
    beat();
    return { value, ms: longest };
  } finally {
    clearInterval(timer);
  }
}
