import { newEndpoint } from './new-container.ts';
import { EngineProblem } from './problem.ts';
import type { Container, Network } from './shapes.ts';
import { newId, newNetwork, type World } from './world.ts';

export interface NetworkBody {
  readonly Name: string;
  readonly Driver?: string;
  readonly CheckDuplicate?: boolean;
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null } | null;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** What the engine does with networks. Every method throws `EngineProblem` as the engine refuses. */
export class Networks {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  all(): readonly Network[] {
    return [...this.#world.networks.values(), ...this.#world.builtin.values()];
  }

  create(body: NetworkBody): Network {
    if (this.all().some(({ Name }) => Name === body.Name)) {
      throw new EngineProblem(409, `network with name ${body.Name} already exists`);
    }
    const config = structuredClone(body.IPAM?.Config ?? []);
    const subnets = config.flatMap(({ Subnet }) => (Subnet === undefined ? [] : [rangeOf(Subnet)]));
    const taken = this.all().flatMap(({ IPAM }) =>
      (IPAM.Config ?? []).flatMap(({ Subnet }) => (Subnet === undefined ? [] : [rangeOf(Subnet)])),
    );
    if (subnets.some((one) => taken.some((other) => one.first <= other.last && other.first <= one.last))) {
      throw new EngineProblem(403, 'Pool overlaps with other one on this address space');
    }
    const network = newNetwork(body.Name, body.Driver ?? 'bridge', this.#world.now(), {
      IPAM: { Config: config },
      Options: { ...body.Options },
      Labels: { ...body.Labels },
    });
    this.#world.networks.set(network.Id, network);
    this.#world.tellOfNetwork(network, 'create');
    return network;
  }

  remove(ref: string): void {
    const network = this.#world.network(ref);
    const { Id, Name } = network;
    if (this.#world.builtin.has(Id)) {
      throw new EngineProblem(403, `${Name} is a pre-defined network and cannot be removed`);
    }
    if (this.members(network).length > 0) {
      throw new EngineProblem(
        403,
        `error while removing network: network ${Name} id ${Id} has active endpoints`,
      );
    }
    this.#world.networks.delete(Id);
    this.#world.tellOfNetwork(network, 'destroy');
  }

  /** Running containers in it. */
  members({ Id, Name }: Network): readonly Container[] {
    return [...this.#world.containers.values()].filter(
      ({ State, NetworkSettings }) => State.Running && NetworkSettings.Networks[Name]?.NetworkID === Id,
    );
  }

  connect(ref: string, containerRef: string): void {
    const network = this.#world.network(ref);
    const container = this.#world.container(containerRef);
    const networks = container.NetworkSettings.Networks;
    if (networks[network.Name] !== undefined && container.State.Running) {
      const name = container.Name.slice(1);
      throw new EngineProblem(403, `endpoint with name ${name} already exists in network ${network.Name}`);
    }
    // By name, until it runs.
    container.NetworkSettings.Networks = { ...networks, [network.Name]: newEndpoint() };
    if (container.State.Running) this.plug(container);
  }

  disconnect(ref: string, containerRef: string): void {
    const network = this.#world.network(ref);
    const found = this.#find(containerRef, network);
    const networks = found.NetworkSettings.Networks;
    if (networks[network.Name] === undefined) {
      throw new EngineProblem(500, `container ${found.Id} is not connected to network ${network.Name}`);
    }
    this.#unplugOne(found, network.Name);
    const { [network.Name]: _left, ...rest } = networks;
    found.NetworkSettings.Networks = rest;
    this.#world.tellOfNetwork(network, 'disconnect', found);
  }

  /** Gives a container that starts its addresses. @throws EngineProblem 404 when one of its networks is not there */
  plug(container: Container): void {
    const entries = Object.entries(container.NetworkSettings.Networks);
    // Known by id once it has been joined: another network of the same name is another network.
    const found = entries.map(([name, { NetworkID }]) => {
      const ref = NetworkID === '' ? (name === 'default' ? 'bridge' : name) : NetworkID;
      return this.#world.network(ref);
    });
    for (const [index, [, endpoint]] of entries.entries()) {
      const network = found[index];
      if (network === undefined || endpoint.EndpointID !== '') continue;
      endpoint.NetworkID = network.Id;
      endpoint.EndpointID = newId();
      if (network.Driver === 'bridge') endpoint.IPAddress = this.#world.addresses.take();
      this.#world.tellOfNetwork(network, 'connect', container);
    }
  }

  /** Takes the addresses of a container that ended. */
  unplug(container: Container): void {
    for (const [name, endpoint] of Object.entries(container.NetworkSettings.Networks)) {
      if (endpoint.EndpointID === '') continue;
      this.#unplugOne(container, name);
      const network =
        this.#world.networks.get(endpoint.NetworkID) ?? this.#world.builtin.get(endpoint.NetworkID);
      if (network !== undefined) this.#world.tellOfNetwork(network, 'disconnect', container);
    }
  }

  #unplugOne(container: Container, name: string): void {
    const endpoint = container.NetworkSettings.Networks[name];
    if (endpoint === undefined) return;
    if (endpoint.IPAddress !== '') this.#world.addresses.free(endpoint.IPAddress);
    endpoint.IPAddress = '';
    endpoint.EndpointID = '';
  }

  #find(containerRef: string, network: Network): Container {
    try {
      return this.#world.container(containerRef);
    } catch {
      throw new EngineProblem(404, `endpoint ${containerRef} not found in network ${network.Name}`);
    }
  }
}

function rangeOf(subnet: string): { readonly first: number; readonly last: number } {
  const [address = '', bits = '32'] = subnet.split('/');
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(number / size) * size;
  return { first, last: first + size - 1 };
}
