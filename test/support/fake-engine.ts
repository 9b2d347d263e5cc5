import { createHash } from 'node:crypto';
import { replyError } from '../../reconciler/adapters/docker-errors.ts';
import { parseEvent } from '../../reconciler/adapters/docker-events.ts';
import type {
  ContainerCreateBody,
  ContainerInspect,
  ContainerSummary,
  ImageInspect,
  NetworkInspect,
  VolumeInspect,
} from '../../reconciler/engine-api.ts';
import { ReconcilerError } from '../../reconciler/errors.ts';
import type { ContainerFilter, Docker, EngineEvent, InspectUnless, LogLine } from '../../reconciler/ports.ts';
import { type EngineParts, makeEngine } from './engine-double/engine.ts';
import { containerMatcher } from './engine-double/filters.ts';
import { addImage, type ImageParts, inspectImage, pullLines } from './engine-double/images.ts';
import { EngineProblem } from './engine-double/problem.ts';

/** One call that changed something, in order: `createContainer tenant_acme_runtime`. */
export type Call = string;

/**
 * A Docker engine in memory, for tests of thousands of states a second: the engine double, asked without HTTP. It is
 * held to the real engine's behaviour by the contract suite in `test/reconciler/adapters/docker-contract.ts`.
 */
export class FakeEngine implements Docker {
  /** Every changing call. */
  readonly calls: Call[] = [];
  readonly #parts: EngineParts = makeEngine();

  get containers() {
    return this.#parts.world.containers;
  }

  get networks() {
    return this.#parts.world.networks;
  }

  get volumes() {
    return this.#parts.world.volumes;
  }

  /** References that a pull finds in the registry. */
  get registry() {
    return this.#parts.world.registry;
  }

  /** Containers whose image is in here exit as soon as they start. */
  get crashing() {
    return this.#parts.world.crashing;
  }

  addImage(ref: string, parts: ImageParts = {}): void {
    addImage(this.#parts.world, ref, parts);
  }

  async info() {
    return { ID: 'FAKE', ServerVersion: '20.10.24', ApiVersion: '1.41', SwapLimit: true };
  }

  async listContainers(only?: ContainerFilter): Promise<ContainerSummary[]> {
    const matches = containerMatcher(only === undefined ? {} : { label: only.labels });
    const listed = [...this.containers.values()].filter(matches);
    return listed.map((container) => ({
      Id: container.Id,
      Names: [container.Name],
      Image: container.Config.Image,
      State: container.State.Status,
      Status: container.State.Status,
      Labels: container.Config.Labels,
    }));
  }

  async inspectContainer(id: string): Promise<ContainerInspect> {
    return this.#ask(`inspect container ${id}`, ({ world }) => structuredClone(world.container(id)));
  }

  async inspectContainerUnless(id: string, digest: string | null): Promise<InspectUnless> {
    const inspect = await this.inspectContainer(id);
    const now = createHash('sha256').update(JSON.stringify(inspect)).digest('base64');
    return { digest: now, inspect: now === digest ? null : inspect };
  }

  async createContainer(name: string, body: ContainerCreateBody): Promise<{ id: string }> {
    this.#did('createContainer', name);
    return this.#ask(`create container ${name}`, ({ containers }) => ({
      id: containers.create(name, body).Id,
    }));
  }

  async startContainer(id: string): Promise<void> {
    this.#act('start', id, ({ containers }) => containers.start(id));
  }

  async stopContainer(id: string): Promise<void> {
    this.#act('stop', id, ({ containers }) => containers.stop(id));
  }

  async restartContainer(id: string): Promise<void> {
    this.#act('restart', id, ({ containers }) => containers.restart(id));
  }

  async removeContainer(id: string, options: { readonly force: boolean }): Promise<void> {
    if (!this.containers.has(id)) return;
    this.#act('remove', id, ({ containers }) => containers.beginRemoval(id, options)());
  }

  async renameContainer(id: string, name: string): Promise<void> {
    this.#act('rename', id, ({ containers }) => containers.rename(id, name), ` ${name}`);
  }

  async updateContainer(id: string, body: Parameters<Docker['updateContainer']>[1]): Promise<void> {
    this.#act('update', id, ({ containers }) => containers.update(id, body));
  }

  /** As another hand would; the reconciler never does. */
  pauseContainer(id: string): void {
    this.#ask(`pause container ${id}`, ({ containers }) => containers.pause(id));
  }

  /** As a process does that nobody asked to end. */
  crash(id: string): void {
    this.#ask(`crash container ${id}`, ({ world, containers }) =>
      containers.runs.die(world.container(id), 137),
    );
  }

  async unpauseContainer(id: string): Promise<void> {
    this.#act('unpause', id, ({ containers }) => containers.unpause(id));
  }

  async signalContainer(id: string, signal: string): Promise<void> {
    this.#act('signal', id, ({ containers }) => containers.kill(id, signal), ` ${signal}`);
  }

  async connectNetwork(network: string, id: string): Promise<void> {
    this.#ask(`connect container ${id} to network ${network}`, ({ world, networks }) => {
      const container = world.container(id);
      this.#did('connectNetwork', `${container.Name.slice(1)} ${world.network(network).Name}`);
      networks.connect(network, id);
    });
  }

  async disconnectNetwork(network: string, id: string): Promise<void> {
    this.#ask(`disconnect container ${id} from network ${network}`, ({ world, networks }) => {
      const container = world.container(id);
      this.#did('disconnectNetwork', `${container.Name.slice(1)} ${world.network(network).Name}`);
      networks.disconnect(network, id);
    });
  }

  async listNetworks(): Promise<NetworkInspect[]> {
    return structuredClone([...this.#parts.networks.all()]);
  }

  async createNetwork(body: Parameters<Docker['createNetwork']>[0]): Promise<{ id: string }> {
    this.#did('createNetwork', body.Name);
    return this.#ask(`create network ${body.Name}`, ({ networks }) => ({ id: networks.create(body).Id }));
  }

  async removeNetwork(id: string): Promise<void> {
    const network = this.networks.get(id);
    if (network === undefined) return;
    this.#did('removeNetwork', network.Name);
    this.#ask(`remove network ${id}`, ({ networks }) => networks.remove(id));
  }

  async listVolumes(): Promise<VolumeInspect[]> {
    return structuredClone([...this.#parts.volumes.all()]);
  }

  async inspectVolume(name: string): Promise<VolumeInspect | null> {
    return structuredClone(this.volumes.get(name) ?? null);
  }

  async createVolume(body: Parameters<Docker['createVolume']>[0]): Promise<VolumeInspect> {
    this.#did('createVolume', body.Name);
    const what = `create volume ${body.Name}`;
    return this.#ask(what, ({ volumes }) => structuredClone(volumes.create(body.Name, body.Labels)));
  }

  async inspectImage(ref: string): Promise<ImageInspect | null> {
    try {
      return structuredClone(inspectImage(this.#parts.world, ref));
    } catch (error) {
      if (error instanceof EngineProblem) return null;
      throw error;
    }
  }

  async pullImage(ref: string): Promise<void> {
    this.#did('pullImage', ref);
    if (!this.registry.has(ref)) {
      const message = `cannot pull ${ref}: manifest unknown`;
      throw new ReconcilerError('docker/pull-failed', message, { retry: 'backoff' });
    }
    pullLines(this.#parts.world, ref);
  }

  async watchEvents(
    onEvent: (event: EngineEvent) => void,
    onGap: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    const unsubscribe = this.#parts.world.events.subscribe((raw) => {
      const event = parseEvent(JSON.stringify(raw));
      if (event !== null) onEvent(event);
    });
    onGap();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    unsubscribe();
  }

  // biome-ignore lint/correctness/useYield: the double keeps no output
  async *logs(id: string): AsyncGenerator<LogLine> {
    this.#ask(`read the logs of container ${id}`, ({ world }) => world.container(id));
  }

  /** A changing call about one container, which is there. */
  #act(verb: string, id: string, act: (parts: EngineParts) => unknown, more = ''): void {
    this.#ask(`${verb} container ${id}`, (parts) => {
      this.#did(`${verb}Container`, `${parts.world.container(id).Name.slice(1)}${more}`);
      act(parts);
    });
  }

  /** @throws ReconcilerError as the adapter of the real engine does for the same refusal */
  #ask<T>(what: string, ask: (parts: EngineParts) => T): T {
    try {
      return ask(this.#parts);
    } catch (error) {
      if (!(error instanceof EngineProblem)) throw error;
      throw replyError(what, error.status, JSON.stringify({ message: error.message }));
    }
  }

  #did(verb: string, what: string): void {
    this.calls.push(`${verb} ${what}`);
  }
}
