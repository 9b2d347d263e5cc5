import type { Docker } from '../ports.ts';
import { wrapCalls } from './docker-wrap.ts';

export interface CallStats {
  readonly reads: number;
  /** Calls that ask the engine to change something, whether it did or not. 0 on a converged node. */
  readonly mutations: number;
}

const READS: ReadonlySet<keyof Docker> = new Set<keyof Docker>([
  'info',
  'listContainers',
  'inspectContainer',
  'inspectContainerUnless',
  'listNetworks',
  'listVolumes',
  'inspectVolume',
  'inspectImage',
]);

/** The same engine, counting its calls as they are made. Event and log streams are not counted. */
export function countCalls(docker: Docker): Docker & { stats(): CallStats } {
  let reads = 0;
  let mutations = 0;
  const counted = wrapCalls(docker, (verb, call) => {
    // What is not known to only read counts as a change: a new verb cannot slip through.
    if (READS.has(verb)) reads += 1;
    else mutations += 1;
    return call();
  });
  return { ...counted, stats: () => ({ reads, mutations }) };
}
