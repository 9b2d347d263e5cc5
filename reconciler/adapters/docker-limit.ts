import pLimit from 'p-limit';
import { PatientPlaces } from '../patient-places.ts';
import type { Docker } from '../ports.ts';
import { parseImageRef } from './docker-ref.ts';
import { wrapCalls } from './docker-wrap.ts';
import { PullQueue } from './pull-queue.ts';

/** How many calls of a kind the engine is given at a time; the others wait here, before their deadline begins. */
export interface ParallelLimits {
  /**
   * Milliseconds after which a change that the engine has not done gives its place to another; it goes on to its own
   * deadline. A few containers whose start hangs, or which drain for minutes, must not keep those of all others waiting.
   */
  readonly patience: number;
  readonly create: number;
  /** Starts and restarts. */
  readonly start: number;
  readonly stop: number;
  readonly remove: number;
  /** Pulls that make progress. */
  readonly pull: number;
  /** Milliseconds without progress after which a pull gives its place to another; it goes on all the same. */
  readonly pullPatience: number;
  /** Inspections of containers, volumes and images. */
  readonly inspect: number;
}

const DEFAULTS: ParallelLimits = {
  patience: 5_000,
  create: 8,
  start: 4,
  stop: 16,
  remove: 8,
  pull: 3,
  pullPatience: 5_000,
  inspect: 16,
};

type Queue = <T>(call: () => Promise<T>) => Promise<T>;

/** The same engine, asked no more at a time than does it good. Other calls pass at once. */
export function limitParallel(docker: Docker, limits: Partial<ParallelLimits> = {}): Docker {
  const most = { ...DEFAULTS, ...limits };
  const changes = (places: number): Queue => {
    const patient = new PatientPlaces(places, most.patience);
    return (call) => patient.run(call);
  };
  const start = changes(most.start);
  const inspect = pLimit(most.inspect);
  const queues: Partial<Record<keyof Docker, Queue>> = {
    createContainer: changes(most.create),
    startContainer: start,
    restartContainer: start,
    stopContainer: changes(most.stop),
    removeContainer: changes(most.remove),
    inspectContainer: inspect,
    inspectContainerUnless: inspect,
    inspectVolume: inspect,
    inspectImage: inspect,
  };
  const pulls = new PullQueue(most.pull, most.pullPatience);
  return {
    ...wrapCalls(docker, (verb, call) => queues[verb]?.(call) ?? call()),
    pullImage: async (ref, onProgress, signal) =>
      pulls.run(parseImageRef(ref).registry, async (moved) => {
        // It may have waited its turn for long.
        signal.throwIfAborted();
        await docker.pullImage(
          ref,
          (progress) => {
            moved(progress);
            onProgress(progress);
          },
          signal,
        );
      }),
  };
}
