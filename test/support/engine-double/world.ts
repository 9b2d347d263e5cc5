import { randomBytes } from 'node:crypto';
import { Addresses } from './addresses.ts';
import { Events } from './events.ts';
import { EngineProblem } from './problem.ts';
import type { Container, Image, Network, Volume } from './shapes.ts';

/** All that one engine has, and how it is found. */
export class World {
  /** The engine's own id, as `/info` tells it. */
  readonly id = newId().slice(0, 32).toUpperCase();
  readonly containers = new Map<string, Container>();
  /** Networks that were made; those that every engine has are in `builtin`. */
  readonly networks = new Map<string, Network>();
  readonly builtin = new Map<string, Network>();
  readonly volumes = new Map<string, Volume>();
  /** By reference and by id. */
  readonly images = new Map<string, Image>();
  /** References that a pull finds. */
  readonly registry = new Set<string>();
  /** Of those, references whose pull fails in the middle, and with what message. */
  readonly broken = new Map<string, string>();
  /** Of those, references whose pull begins and then says nothing more. */
  readonly hanging = new Set<string>();
  /** Containers of these images exit as soon as they start. */
  readonly crashing = new Set<string>();
  /** Containers of these images run and say that they are not well. */
  readonly unhealthy = new Set<string>();
  readonly events = new Events();
  readonly addresses: Addresses;
  /** Folder under which each volume has a folder of its own. */
  readonly volumeRoot: string;
  /** Container ids by name; an entry counts only while the container bears the name. */
  readonly #ids = new Map<string, string>();
  #clock = 0;

  constructor(options: { readonly addresses?: Addresses; readonly volumeRoot?: string } = {}) {
    this.addresses = options.addresses ?? new Addresses();
    this.volumeRoot = options.volumeRoot ?? '/var/lib/docker/volumes';
    for (const [name, driver] of [
      ['bridge', 'bridge'],
      ['host', 'host'],
      ['none', 'null'],
    ] as const) {
      const network = newNetwork(name, driver, this.now());
      this.builtin.set(network.Id, network);
    }
  }

  /** Microseconds, later at each call: a new run is always seen to be one. */
  now(): string {
    this.#clock = Math.max(this.#clock + 1, Date.now() * 1000);
    const text = new Date(Math.floor(this.#clock / 1000)).toISOString();
    return `${text.slice(0, -1)}${String(this.#clock % 1000).padStart(3, '0')}Z`;
  }

  named(name: string): Container | undefined {
    const container = this.containers.get(this.#ids.get(name) ?? '');
    return container?.Name === `/${name}` ? container : undefined;
  }

  /** Says that the container bears this name from now on. */
  name(container: Container, name: string): void {
    container.Name = `/${name}`;
    this.#ids.set(name, container.Id);
  }

  unname(container: Container): void {
    this.#ids.delete(container.Name.slice(1));
  }

  /** @param ref id, name, or the beginning of an id */
  find(ref: string): Container | undefined {
    const bare = ref.startsWith('/') ? ref.slice(1) : ref;
    return this.containers.get(ref) ?? this.named(bare) ?? this.#abbreviated(ref);
  }

  /** As `find`. @throws EngineProblem 404 */
  container(ref: string): Container {
    const found = this.find(ref);
    if (found === undefined) throw new EngineProblem(404, `No such container: ${ref}`);
    return found;
  }

  /** @param ref id or name. @throws EngineProblem 404 */
  network(ref: string): Network {
    const all = [...this.networks.values(), ...this.builtin.values()];
    const found = all.find(({ Id }) => Id === ref) ?? all.find(({ Name }) => Name === ref);
    if (found === undefined) throw new EngineProblem(404, `network ${ref} not found`);
    return found;
  }

  /** Tells what happened to a container, with its labels, as the engine does. */
  tell(container: Container, action: string, more: Readonly<Record<string, string>> = {}): void {
    const { Labels, Image } = container.Config;
    const name = container.Name.slice(1);
    this.events.emit('container', action, container.Id, { ...Labels, image: Image, name, ...more });
  }

  tellOfNetwork(network: Network, action: string, container?: Container): void {
    const { Name: name, Driver: type } = network;
    this.events.emit('network', action, network.Id, {
      ...(container === undefined ? {} : { container: container.Id }),
      name,
      type,
    });
  }

  tellOfVolume(name: string, action: string, more: Readonly<Record<string, string>> = {}): void {
    this.events.emit('volume', action, name, { driver: 'local', ...more });
  }

  #abbreviated(ref: string): Container | undefined {
    if (!/^[0-9a-f]{1,63}$/.test(ref)) return undefined;
    const found = [...this.containers.values()].filter(({ Id }) => Id.startsWith(ref));
    return found.length === 1 ? found[0] : undefined;
  }
}

export function newId(): string {
  return randomBytes(32).toString('hex');
}

export function newNetwork(
  Name: string,
  Driver: string,
  Created: string,
  parts: Partial<Pick<Network, 'IPAM' | 'Options' | 'Labels'>> = {},
): Network {
  return {
    Name,
    Id: newId(),
    Created,
    Scope: 'local',
    Driver,
    EnableIPv6: false,
    IPAM: { Config: [] },
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: {},
    Options: {},
    Labels: {},
    ...parts,
  };
}
