import type { ContainerCreateBody } from '../../../reconciler/engine-api.ts';
import type { EngineDouble } from './double.ts';
import type { HistoryRecord } from './history.ts';
import type { ImageParts } from './images.ts';
import type { NetworkBody } from './networks.ts';

/** What a seed puts on an engine: made by the code that answers API calls, without a call for each. */
export interface Seed {
  readonly networks?: readonly NetworkBody[];
  readonly volumes?: readonly { readonly Name: string; readonly Labels: Readonly<Record<string, string>> }[];
  /** Created and started. */
  readonly containers?: readonly { readonly name: string; readonly body: ContainerCreateBody }[];
}

/** How a test speaks to an engine double, beside its API. Everything that goes in and out is plain data. */
export interface Control {
  readonly addImage: (ref: string, parts?: ImageParts) => Promise<void>;
  /** Makes a reference one that a pull finds, or no longer. */
  readonly offer: (ref: string, yes?: boolean) => Promise<void>;
  /** Lets pulls of a reference fail in the middle with this message; null lets them be. */
  readonly breakPull: (ref: string, message: string | null) => Promise<void>;
  /** Containers of this image exit as soon as they start. */
  readonly crash: (ref: string, yes?: boolean) => Promise<void>;
  /** Containers of this image say that they are not well, from their next start on. */
  readonly sicken: (ref: string, yes?: boolean) => Promise<void>;
  /** The process of a running container ends by itself, as by a crash. */
  readonly die: (container: string, code: number) => Promise<void>;
  readonly seed: (seed: Seed) => Promise<void>;
  /** Records with a `seq` beyond `after`, at most `most` of them. */
  readonly history: (after?: number, most?: number) => Promise<readonly HistoryRecord[]>;
  /** The newest record's `seq`. */
  readonly seq: () => Promise<number>;
  /** What engine calls take, as a multiple of a real engine's. */
  readonly setLatency: (scale: number) => Promise<void>;
  readonly containers: () => Promise<number>;
}

export function controlOf(double: EngineDouble): Control {
  const { engine, history, latency } = double;
  const { world } = engine;
  return {
    addImage: async (ref, parts) => double.addImage(ref, parts),
    offer: async (ref, yes = true) => toggle(world.registry, ref, yes),
    async breakPull(ref, message) {
      if (message === null) world.broken.delete(ref);
      else world.broken.set(ref, message);
    },
    crash: async (ref, yes = true) => toggle(world.crashing, ref, yes),
    sicken: async (ref, yes = true) => toggle(world.unhealthy, ref, yes),
    die: async (container, code) => engine.containers.runs.die(world.container(container), code),
    async seed({ networks = [], volumes = [], containers = [] }) {
      for (const body of networks) engine.networks.create(body);
      for (const { Name, Labels } of volumes) engine.volumes.create(Name, Labels);
      for (const { name, body } of containers) {
        engine.containers.start(engine.containers.create(name, body).Id);
      }
    },
    history: async (after = 0, most = Number.POSITIVE_INFINITY) => {
      const first = history.records.findIndex(({ seq }) => seq > after);
      return first === -1 ? [] : history.records.slice(first, first + most);
    },
    seq: async () => history.count,
    setLatency: async (scale) => void (latency.scale = scale),
    containers: async () => world.containers.size,
  };
}

function toggle(set: Set<string>, ref: string, yes: boolean): void {
  if (yes) set.add(ref);
  else set.delete(ref);
}
