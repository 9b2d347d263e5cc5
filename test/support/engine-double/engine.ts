import { Containers } from './containers.ts';
import { Networks } from './networks.ts';
import { Volumes } from './volumes.ts';
import { World } from './world.ts';

export interface EngineParts {
  readonly world: World;
  readonly containers: Containers;
  readonly networks: Networks;
  readonly volumes: Volumes;
}

/**
 * A Docker engine without Docker: what it has, and what it does when it is asked.
 * @param options `restarts`: restart policies are kept, by timers; `checksBinds`: a folder to bind must exist;
 *   `folders`: volumes have real folders below the world's `volumeRoot`
 */
export function makeEngine(
  world = new World(),
  options: { readonly restarts?: boolean; readonly checksBinds?: boolean; readonly folders?: boolean } = {},
): EngineParts {
  const { restarts = false, checksBinds = false, folders = false } = options;
  const networks = new Networks(world);
  const volumes = new Volumes(world, folders);
  const containers = new Containers(world, { networks, volumes }, { restarts, checksBinds });
  return { world, containers, networks, volumes };
}
