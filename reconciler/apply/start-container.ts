import { containerName } from '../../renderers/names.ts';
import { isGone, ReconcilerError } from '../errors.ts';
import type { StepArgs } from '../plan/step.ts';
import type { Docker } from '../ports.ts';
import { UnhealthyError } from './await-healthy.ts';
import { idOf, type StepContext } from './context.ts';

/**
 * What the engine says when the container itself cannot start, in the words of runc 1.0 to 1.3, crun and the daemon.
 * Anything else may be the engine's own trouble, which says much the same of its own programs while they are upgraded:
 * `exec: "runc": executable file not found`, `fork/exec …/containerd-shim-runc-v2: exec format error`.
 */
const specIsToBlame: readonly RegExp[] = [
  /(?:start(?:ing)? container process|container init)\b.*\bexec: "/i,
  /\bcrun: .*executable file/i,
  /\bexec (?:user|container) process\b.*\bexec format error/i,
  /unable to find (?:user|group)|no matching entries in (?:passwd|group)/i,
  /\bchdir to cwd\b|Cannot mkdir: .* is not a directory/i,
  /Are you trying to mount a directory onto a file/i,
];

/** Starts a container. What it cannot start because of its own making is the spec's fault, as an unhealthy answer is. */
export async function startContainer(
  { container }: StepArgs['container.start'],
  context: StepContext,
): Promise<void> {
  try {
    await startJoined(context.docker, idOf(container, context));
    // A replacement that is still to be proven says nothing about what serves beside it.
    if (container.name !== containerName.next(context.tenant)) await context.record.filesRead('start');
  } catch (error) {
    throw error instanceof ReconcilerError ? blamed(error, container.name) : error;
  }
}

/** An engine whose own programs are missing answers as it does to a request that can never work; this one may, later. */
function blamed(error: ReconcilerError, name: string): ReconcilerError {
  if (specIsToBlame.some((words) => words.test(error.message)))
    return new UnhealthyError(`${name} does not start: ${error.message}`, error);
  if (error.code !== 'docker/invalid') return error;
  return new ReconcilerError('docker/failed', error.message, { retry: 'backoff', cause: error });
}

/**
 * Starts a container. One that does not run knows its networks by id: where such a network was removed (by a prune, since
 * nobody ran in it) and made anew under its name, the engine does not find it, and the container has to join the new one.
 */
async function startJoined(docker: Docker, id: string): Promise<void> {
  try {
    await docker.startContainer(id);
  } catch (error) {
    if (!isGone(error) || !(await rejoined(docker, id))) throw error;
    await docker.startContainer(id);
  }
}

/** @returns whether a network of the container's was another than the one that now has its name */
async function rejoined(docker: Docker, id: string): Promise<boolean> {
  const [{ NetworkSettings }, networks] = await Promise.all([
    docker.inspectContainer(id),
    docker.listNetworks(),
  ]);
  const idsByName = new Map(networks.map(({ Name, Id }) => [Name, Id]));
  const others = Object.entries(NetworkSettings.Networks ?? {}).flatMap(([name, { NetworkID }]) => {
    const now = idsByName.get(name);
    return now !== undefined && NetworkID !== '' && NetworkID !== now ? [now] : [];
  });
  for (const network of others) await docker.connectNetwork(network, id);
  return others.length > 0;
}
