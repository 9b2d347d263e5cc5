import type { Container, Network } from './shapes.ts';
import type { World } from './world.ts';

/** A container's two documents as text, kept until it changes: 10,000 are listed without being written anew. */
export class Documents {
  readonly #world: World;
  readonly #inspect = new Map<string, string>();
  readonly #summary = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
    world.events.subscribe(({ Type, Actor: { ID, Attributes } }) => {
      if (Type === 'container') this.forget(ID);
      if (Type === 'network') this.forget(Attributes['container'] ?? '');
    });
  }

  /** Says that a container was changed without an event. */
  forget(id: string): void {
    this.#inspect.delete(id);
    this.#summary.delete(id);
  }

  inspect(container: Container): string {
    return keptText(this.#inspect, container.Id, () => JSON.stringify(container));
  }

  summary(container: Container): string {
    return keptText(this.#summary, container.Id, () => JSON.stringify(this.#summaryOf(container)));
  }

  #summaryOf({
    Id,
    Name,
    Config,
    Image,
    State,
    Created,
    Mounts,
    HostConfig,
    NetworkSettings,
    ...rest
  }: Container) {
    return {
      Id,
      Names: [Name],
      // An image whose reference now means another one is listed by its id.
      Image: this.#world.images.get(Config.Image)?.Id === Image ? Config.Image : Image,
      ImageID: Image,
      Command: [rest.Path, ...rest.Args].map(quoted).join(' '),
      Created: Math.floor(Date.parse(Created) / 1000),
      Ports: [],
      Labels: Config.Labels ?? {},
      State: State.Status,
      Status: statusText(State),
      HostConfig: { NetworkMode: HostConfig.NetworkMode },
      NetworkSettings: { Networks: NetworkSettings.Networks },
      Mounts,
    };
  }
}

/** `GET /networks/{id}` names the members, the list does not. */
export function networkDocument(network: Network, members: readonly Container[]): object {
  const Containers = Object.fromEntries(
    members.map(({ Id, Name, NetworkSettings }) => {
      const { EndpointID = '', IPAddress = '' } = NetworkSettings.Networks[network.Name] ?? {};
      const IPv4Address = IPAddress === '' ? '' : `${IPAddress}/16`;
      return [Id, { Name: Name.slice(1), EndpointID, MacAddress: '', IPv4Address, IPv6Address: '' }];
    }),
  );
  return { ...network, Containers };
}

function keptText(kept: Map<string, string>, id: string, make: () => string): string {
  const known = kept.get(id);
  if (known !== undefined) return known;
  const text = make();
  kept.set(id, text);
  return text;
}

/** As at the moment of the last change; the engine counts the time since then. */
function statusText({ Status, Running, Paused, Restarting, ExitCode, Dead }: Container['State']): string {
  if (Restarting) return `Restarting (${ExitCode}) Less than a second ago`;
  if (Running) return `Up Less than a second${Paused ? ' (Paused)' : ''}`;
  if (Status === 'created') return 'Created';
  return Dead ? 'Dead' : `Exited (${ExitCode}) Less than a second ago`;
}

function quoted(word: string): string {
  return /\s/.test(word) ? `'${word}'` : word;
}
