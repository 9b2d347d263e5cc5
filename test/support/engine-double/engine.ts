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
 * @param options `waits`: restarts by policy wait as the engine's do, instead of following at once; `checksBinds`: a folder to bind must exist;
 *   `folders`: volumes have real folders below the world's `volumeRoot`
 */
export function makeEngine(
  world = new World(),
  options: { readonly waits?: boolean; readonly checksBinds?: boolean; readonly folders?: boolean } = {},
): EngineParts {
  const { waits = false, checksBinds = false, folders = false } = options;
  const networks = new Networks(world);
  const volumes = new Volumes(world, folders);
  const containers = new Containers(world, { networks, volumes }, { waits, checksBinds });
  return { world, containers, networks, volumes };
}
