/** The longest that a hostile input may keep this process from everything else, in milliseconds of its processor time. */
const mostMs = 200;
/** What `someWork` takes on the machine that this was set on, with nothing else to do. */
const usualMs = 75;

/**
 * How long this process may be kept by what took so long. Beyond 200 ms it depends on how much longer than usual this
 * machine takes just now for work that is always the same: another program on the same core, or memory that is fetched
 * from far away, is time of the processor as well.
 */
export function allowedFor(ms: number): number {
  if (ms < mostMs) return mostMs;
  const times = [0, 1, 2].map(someWork).sort((a, b) => a - b);
  return mostMs * Math.max(1, (times[1] ?? 0) / usualMs);
}

/**
 * Whether something takes too long in one go, and does so again from nothing: what the machine adds to one try it seldom
 * adds to the next, and the program's own work is in both.
 */
export async function isTooLong(ms: number, again: () => Promise<{ readonly ms: number }>): Promise<boolean> {
  if (ms <= allowedFor(ms)) return false;
  const second = await again();
  return second.ms > allowedFor(second.ms);
}

/** Of the kind that reading a large revision is: texts, maps, an order. Answers its milliseconds of processor time. */
function someWork(): number {
  const before = process.threadCpuUsage();
  const names = new Map<string, number>();
  for (let at = 0; at < 60_000; at += 1) names.set(`tenants/t${at % 5_000}/prompts/p${at}.yaml`, at);
  [...names.keys()].sort();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

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
