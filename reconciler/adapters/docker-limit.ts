import pLimit, { type LimitFunction } from 'p-limit';
import type { Docker } from '../ports.ts';
import { wrapCalls } from './docker-wrap.ts';

/** How many calls of a kind the engine is given at a time; the others wait here, before their deadline begins. */
export interface ParallelLimits {
  readonly create: number;
  /** Starts and restarts. */
  readonly start: number;
  readonly stop: number;
  readonly remove: number;
  readonly pull: number;
  /** Inspections of containers, volumes and images. */
  readonly inspect: number;
}

const DEFAULTS: ParallelLimits = { create: 8, start: 4, stop: 16, remove: 8, pull: 3, inspect: 16 };

/** The same engine, asked no more at a time than does it good. Other calls pass at once. */
export function limitParallel(docker: Docker, limits: Partial<ParallelLimits> = {}): Docker {
  const most = { ...DEFAULTS, ...limits };
  const start = pLimit(most.start);
  const inspect = pLimit(most.inspect);
  const queues: Partial<Record<keyof Docker, LimitFunction>> = {
    createContainer: pLimit(most.create),
    startContainer: start,
    restartContainer: start,
    stopContainer: pLimit(most.stop),
    removeContainer: pLimit(most.remove),
    pullImage: pLimit(most.pull),
    inspectContainer: inspect,
    inspectContainerUnless: inspect,
    inspectVolume: inspect,
    inspectImage: inspect,
  };
  return wrapCalls(docker, (verb, call) => queues[verb]?.(call) ?? call());
}
