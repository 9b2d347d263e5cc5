import type { PassCost } from './status.ts';

type Calls = Omit<PassCost, 'ms'>;

/** What a pass cost: calls counted before and after it, and the milliseconds that it took. */
export function costSince(before: Calls, after: Calls, ms: number): PassCost {
  return {
    reads: after.reads - before.reads,
    mutations: after.mutations - before.mutations,
    ms: Math.round(ms * 10) / 10,
  };
}
