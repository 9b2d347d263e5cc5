import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';

/** Names for what a test makes on the engine, and the way to have all of it removed. */
export interface DockerScope {
  /** `tenantry-test-<random>`; unique to this scope. */
  readonly prefix: string;
  /** `<prefix>-<name>`, gone after `cleanup`. */
  name(name: string): string;
  /** Removes an image reference as well. */
  image(ref: string): string;
  /** Also removes containers, networks and volumes that carry this label (`key=value`). */
  label(label: string): void;
  /** Removes every container, network and volume whose name begins with the prefix, and what was registered. */
  cleanup(): Promise<void>;
}

/**
 * @param host the engine, as `DOCKER_HOST` names it; default the machine's own
 * @param prefix for what must have names of another form; must be unique to the test
 */
export function dockerScope(
  host?: string,
  prefix = `tenantry-test-${randomBytes(5).toString('hex')}`,
): DockerScope {
  const images = new Set<string>();
  const filters = new Set<string>([`name=${prefix}`]);
  const docker = async (args: readonly string[]): Promise<string[]> => {
    const { stdout } = await execa('docker', [...(host === undefined ? [] : ['--host', host]), ...args]);
    return stdout.split('\n').filter((line) => line !== '');
  };
  /** What is there and matches: names are checked again, for Docker's filter finds them anywhere in a name. */
  const find = async (list: readonly string[], format: string, filter: string): Promise<string[]> => {
    const names = await docker([...list, '--filter', filter, '--format', format]);
    return filter.startsWith('label=') ? names : names.filter((name) => name.startsWith(prefix));
  };
  return {
    prefix,
    name: (name) => `${prefix}-${name}`,
    image(ref) {
      images.add(ref);
      return ref;
    },
    label: (label) => void filters.add(`label=${label}`),
    async cleanup() {
      for (const filter of filters) {
        const containers = await find(['container', 'ls', '--all'], '{{.Names}}', filter);
        if (containers.length > 0) await docker(['rm', '--force', '--volumes', ...containers]);
        const networks = await find(['network', 'ls'], '{{.Name}}', filter);
        for (const network of networks) await removeNetwork(docker, network);
        const volumes = await find(['volume', 'ls'], '{{.Name}}', filter);
        if (volumes.length > 0) await docker(['volume', 'rm', '--force', ...volumes]);
      }
      for (const ref of images) {
        const present = await docker(['image', 'ls', '--quiet', ref]);
        if (present.length > 0) await docker(['rmi', '--force', ref]);
      }
    },
  };
}

/**
 * Removes a network. Docker 20.10 can lose count of a network's endpoints when many containers go at once, and then
 * refuses for good to remove one that nothing is connected to: that is told, and is no fault of what was tested.
 */
async function removeNetwork(
  docker: (args: readonly string[]) => Promise<string[]>,
  name: string,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await docker(['network', 'rm', name]);
      return;
    } catch (error) {
      const [connected = '{}'] = await docker([
        'network',
        'inspect',
        '--format',
        '{{json .Containers}}',
        name,
      ]);
      if (!String(error).includes('has active endpoints') || connected !== '{}') throw error;
      if (attempt === 3) return console.warn(`The engine does not let go of the empty network ${name}.`);
      await setTimeout(500);
    }
  }
}
