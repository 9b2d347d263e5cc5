import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessFacts } from '../report/node-metrics.ts';

/** How often the event loop's delay is sampled, in milliseconds; a sample costs microseconds. */
const resolution = 20;

/** Watches this process from now on. Answers a function that tells how it stands, and `stop`. */
export function watchProcess(): { readonly facts: () => ProcessFacts; readonly stop: () => void } {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  /** A delay of nanoseconds, without the interval at which it is sampled, in seconds. */
  const seconds = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - resolution / 1e3);
  return {
    facts: () => {
      const { user, system } = process.cpuUsage();
      const { rss, heapUsed } = process.memoryUsage();
      const [p50, p99] = [delay.percentile(50), delay.percentile(99)];
      return {
        startedAt: performance.timeOrigin / 1_000,
        cpuSeconds: (user + system) / 1e6,
        residentBytes: rss,
        heapBytes: heapUsed,
        loopDelay: { p50: seconds(p50), p99: seconds(p99), max: seconds(delay.max) },
      };
    },
    stop: () => void delay.disable(),
  };
}
