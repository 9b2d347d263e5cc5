import Dockerode from 'dockerode';
import pLimit from 'p-limit';
import type { Requests } from './fleet.ts';

/**
 * dockerode as it comes. An agent of our own, to reuse connections, would only slow it down: docker-modem prints each
 * request for its debug log, and with it every connection that the agent holds.
 *
 * @param socketPath of another engine than the one that DOCKER_HOST names
 */
export function bareDocker(socketPath?: string): Dockerode {
  return socketPath === undefined ? new Dockerode() : new Dockerode({ socketPath });
}

/** How bare calls are spread over time. */
export interface Spread {
  /** Starts under way at once; creations, which are cheap, go eight at a time. */
  readonly starts: number;
  /** Whether a container starts as soon as it is made (`each`), or when all are made (`phases`). */
  readonly order: 'each' | 'phases';
}

const creates = 8;

export function describeSpread({ starts, order }: Spread): string {
  return `${starts} starts at a time, ${order === 'each' ? 'each after its creation' : 'after all creations'}`;
}

/** Every spread with up to `most` starts at a time, in both orders. */
export function spreads(most: number, step = 1): Spread[] {
  const counts = Array.from({ length: most }, (_, index) => index + 1).filter((count) => count % step === 0);
  return counts.flatMap((starts) => [
    { starts, order: 'each' as const },
    { starts, order: 'phases' as const },
  ]);
}

/** dockerode's calls as they are used here. Its own types refuse the read-only lists of a request that is shared. */
interface BareCalls {
  createNetwork(body: object): Promise<unknown>;
  createContainer(body: object): Promise<Dockerode.Container>;
}

/** Brings the containers up with nothing but the calls that it takes: one network, then a creation and a start each. */
export async function upBare(docker: BareCalls, requests: Requests, spread: Spread): Promise<void> {
  await docker.createNetwork(requests.network);
  const create = pLimit(creates);
  const start = pLimit(spread.starts);
  const created = requests.containers.map((container) => create(() => createBare(docker, container)));
  if (spread.order === 'phases') await settled(created);
  await settled(
    created.map(async (one) => {
      const container = await one;
      await start(() => container.start());
    }),
  );
}

export function createBare(
  docker: BareCalls,
  { name, body }: Requests['containers'][number],
): Promise<Dockerode.Container> {
  return docker.createContainer({ name, ...body });
}

/** Waits for all, also when one fails: what is still under way could not be removed. */
async function settled(promises: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
