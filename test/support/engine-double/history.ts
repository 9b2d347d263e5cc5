import type { RawEvent } from './shapes.ts';
import type { World } from './world.ts';

/** One request as the engine got it, in the order of their arrival. */
export interface RequestRecord {
  /** Of all records, requests and changes together: the order in which they happened. */
  readonly seq: number;
  readonly kind: 'request';
  /** Milliseconds since the epoch, with fractions. */
  readonly at: number;
  readonly method: string;
  /** `/containers/{id}/start`, `/containers/create`, … */
  readonly template: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  body: unknown;
  /** Null while it is being answered, and when the client went away before. */
  status: number | null;
  /** When the answer was complete. */
  answeredAt: number | null;
}

/** One change of what the engine has, whoever asked for it. */
export interface ChangeRecord {
  readonly seq: number;
  readonly kind: 'change';
  readonly at: number;
  readonly type: RawEvent['Type'];
  /** The engine's word (`start`, `die`, `destroy`, …), or `ready` when a container begins to answer requests. */
  readonly action: string;
  /** Of the container, network, volume or image. */
  readonly id: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** How a container is after the change; null for other things, and when it is gone. */
  readonly container: ContainerState | null;
}

export interface ContainerState {
  readonly image: string;
  readonly status: string;
  readonly running: boolean;
  /** It answers health requests with yes, as far as the engine double serves them. */
  readonly healthy: boolean;
  readonly address: string;
}

export type HistoryRecord = RequestRecord | ChangeRecord;

/** Everything that was asked of an engine, and everything that changed. */
export class History {
  readonly records: HistoryRecord[] = [];
  readonly #world: World;
  readonly #healthy: (id: string) => boolean;
  readonly #keep: boolean;
  #seq = 0;

  /** @param options `healthy`: what a container would answer now; `keep`: false counts only, for long runs */
  constructor(world: World, options: { readonly healthy: (id: string) => boolean; readonly keep: boolean }) {
    this.#world = world;
    this.#healthy = options.healthy;
    this.#keep = options.keep;
    world.events.subscribe(({ Type, Action, Actor: { ID, Attributes } }) =>
      this.changed(Type, Action, ID, Attributes),
    );
  }

  /** How many records there were, kept or not. */
  get count(): number {
    return this.#seq;
  }

  request(parts: Pick<RequestRecord, 'method' | 'template' | 'path' | 'query' | 'body'>): RequestRecord {
    const seq = this.#next();
    const record: RequestRecord = {
      seq,
      kind: 'request',
      at: now(),
      ...parts,
      status: null,
      answeredAt: null,
    };
    if (this.#keep) this.records.push(record);
    return record;
  }

  changed(
    type: RawEvent['Type'],
    action: string,
    id: string,
    attributes: Readonly<Record<string, string>>,
  ): void {
    const seq = this.#next();
    if (!this.#keep) return;
    const name = attributes['name'] ?? id;
    const container = type === 'container' ? this.#stateOf(id) : null;
    this.records.push({ seq, kind: 'change', at: now(), type, action, id, name, attributes, container });
  }

  #next(): number {
    this.#seq += 1;
    return this.#seq;
  }

  #stateOf(id: string): ContainerState | null {
    const container = this.#world.containers.get(id);
    if (container === undefined) return null;
    const { Running, Status } = container.State;
    const endpoints = Object.values(container.NetworkSettings.Networks);
    const address = endpoints.find(({ IPAddress }) => IPAddress !== '')?.IPAddress ?? '';
    const healthy = Running && this.#healthy(id);
    return { image: container.Config.Image, status: Status, running: Running, healthy, address };
  }
}

export function now(): number {
  return performance.timeOrigin + performance.now();
}
