import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { ContainerCreateBody } from '../../reconciler/engine-api.ts';
import type { Fleet, Requests } from './fleet.ts';

/** One line with docker-compose's version; null when the machine has none. */
export async function composeVersion(): Promise<string | null> {
  const result = await execa('docker-compose', ['version', '--short'], { reject: false });
  return result.exitCode === 0 ? result.stdout.trim() : null;
}

/** A project of docker-compose that asks for the same containers, written beside the fleet's other files. */
export class ComposeProject {
  readonly #args: readonly string[];

  private constructor(file: string, project: string) {
    this.#args = ['--file', file, '--project-name', project];
  }

  static async write(fleet: Fleet): Promise<ComposeProject> {
    const { host } = fleet;
    const file = join(host.dir, 'docker-compose.json');
    await writeFile(file, JSON.stringify(composeFile(await fleet.requests()), null, 2));
    return new ComposeProject(file, host.platform);
  }

  /**
   * `up --detach`, the first time and every later time.
   * @returns milliseconds that the process took
   */
  async up(): Promise<number> {
    const began = performance.now();
    // A process group of its own: Ctrl-C must not end it half-way, with calls still under way in the engine.
    await execa('docker-compose', [...this.#args, 'up', '--detach'], { detached: true });
    return performance.now() - began;
  }
}

/** The Compose file (2.4, the newest that has the limits outside `deploy`) for these requests. JSON is YAML. */
export function composeFile({ network, containers }: Requests): object {
  return {
    version: '2.4',
    services: Object.fromEntries(containers.map(({ name, body }) => [name, service(name, body)])),
    networks: {
      default: {
        driver: network.Driver,
        driver_opts: network.Options,
        ipam: { config: network.IPAM.Config.map(({ Subnet }) => ({ subnet: Subnet })) },
        labels: network.Labels,
      },
    },
  };
}

function service(name: string, { Image, Env, Labels, HostConfig: host }: ContainerCreateBody): object {
  return {
    container_name: name,
    image: Image,
    environment: Env,
    labels: Labels,
    healthcheck: { disable: true },
    mem_limit: host.Memory,
    memswap_limit: host.MemorySwap,
    cpus: host.NanoCpus / 1e9,
    pids_limit: host.PidsLimit,
    restart: host.RestartPolicy.Name,
    read_only: host.ReadonlyRootfs,
    tmpfs: Object.entries(host.Tmpfs ?? {}).map(([path, options]) => `${path}:${options}`),
    volumes: (host.Mounts ?? []).map(
      ({ Source, Target, ReadOnly }) => `${Source}:${Target}${ReadOnly ? ':ro' : ''}`,
    ),
    cap_drop: host.CapDrop,
    security_opt: host.SecurityOpt,
    logging: { driver: host.LogConfig.Type, options: host.LogConfig.Config },
  };
}
