import { createHash, randomUUID } from 'node:crypto';
import type {
  ContainerCreateBody,
  ContainerInspect,
  ContainerSummary,
  HostConfig,
  ImageInspect,
  NetworkInspect,
  VolumeInspect,
} from '../../reconciler/engine-api.ts';
import { ReconcilerError } from '../../reconciler/errors.ts';
import type { Docker, EngineEvent, LogLine } from '../../reconciler/ports.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What changes in a container's life; the rest is as it was created. */
interface Container extends Omit<ContainerInspect, 'Name' | 'State' | 'HostConfig' | 'NetworkSettings'> {
  Name: string;
  State: Mutable<ContainerInspect['State']>;
  HostConfig: HostConfig;
  NetworkSettings: { Networks: Record<string, { IPAddress: string; NetworkID: string }> };
}

/** One call that changed something, in order: `createContainer tenant_acme_runtime`. */
export type Call = string;

const systemPaths = {
  MaskedPaths: [
    '/proc/asound',
    '/proc/acpi',
    '/proc/kcore',
    '/proc/keys',
    '/proc/latency_stats',
    '/proc/timer_list',
    '/proc/timer_stats',
    '/proc/sched_debug',
    '/proc/scsi',
    '/sys/firmware',
  ],
  ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
};

const zeroTime = '0001-01-01T00:00:00Z';

/**
 * A Docker engine in memory, for tests of thousands of states a second. It is held to the real engine's behaviour by
 * the contract suite in `test/reconciler/adapters/docker-contract.ts`.
 */
export class FakeEngine implements Docker {
  readonly containers = new Map<string, Container>();
  readonly networks = new Map<string, NetworkInspect>();
  readonly volumes = new Map<string, VolumeInspect>();
  readonly images = new Map<string, ImageInspect>();
  /** References that a pull finds in the registry. */
  readonly registry = new Set<string>();
  /** Containers whose image is in here exit as soon as they start. */
  readonly crashing = new Set<string>();
  /** Every changing call. */
  readonly calls: Call[] = [];
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #addresses = 2;
  #clock = Date.now();

  addImage(ref: string, config: { env?: string[]; command?: string[]; user?: string } = {}): void {
    const Id = `sha256:${createHash('sha256').update(ref).digest('hex')}`;
    const Config = {
      Image: '',
      Cmd: config.command ?? ['serve'],
      Entrypoint: null,
      Env: config.env ?? ['PATH=/bin'],
      User: config.user ?? '',
      Labels: null,
    };
    const image = { Id, RepoTags: [ref], RepoDigests: [], Config };
    this.images.set(ref, image);
    this.images.set(Id, image);
  }

  async info() {
    return { ID: 'FAKE', ServerVersion: '20.10.24', ApiVersion: '1.41', SwapLimit: true };
  }

  async listContainers(): Promise<ContainerSummary[]> {
    return [...this.containers.values()].map((container) => ({
      Id: container.Id,
      Names: [container.Name],
      Image: container.Config.Image,
      State: container.State.Status,
      Status: container.State.Status,
      Labels: container.Config.Labels,
    }));
  }

  async inspectContainer(id: string): Promise<ContainerInspect> {
    return structuredClone(this.#find(id));
  }

  async createContainer(name: string, body: ContainerCreateBody): Promise<{ id: string }> {
    this.#did('createContainer', name);
    const image = this.images.get(body.Image);
    if (image === undefined) throw notFound(`no such image: ${body.Image}`);
    this.#refuseTaken(name);
    const network = body.HostConfig.NetworkMode;
    const joined = network === 'none' ? undefined : this.#network(network);
    for (const mount of body.HostConfig.Mounts ?? []) {
      if (mount.Type === 'volume' && mount.Source !== undefined) this.#makeVolume(mount.Source, null);
    }
    const container = newContainer(name, body, image, this.#now());
    if (joined !== undefined)
      container.NetworkSettings.Networks = { [joined.Name]: { IPAddress: '', NetworkID: joined.Id } };
    this.containers.set(container.Id, container);
    this.#emit(container, 'create');
    return { id: container.Id };
  }

  async startContainer(id: string): Promise<void> {
    const container = this.#find(id);
    this.#did('startContainer', container.Name.slice(1));
    if (!container.State.Running) this.#start(container);
  }

  async stopContainer(id: string): Promise<void> {
    const container = this.#find(id);
    this.#did('stopContainer', container.Name.slice(1));
    if (container.State.Running) this.#exit(container, 0, ['kill', 'die', 'stop']);
  }

  async restartContainer(id: string): Promise<void> {
    const container = this.#find(id);
    this.#did('restartContainer', container.Name.slice(1));
    if (container.State.Running) this.#exit(container, 0, ['kill', 'die', 'stop']);
    this.#start(container);
  }

  async removeContainer(id: string, { force }: { force: boolean }): Promise<void> {
    const container = this.containers.get(id);
    if (container === undefined) return;
    this.#did('removeContainer', container.Name.slice(1));
    if (container.State.Running && !force) throw conflict(`container ${id} is running`);
    this.containers.delete(id);
    this.#emit(container, 'destroy');
  }

  async renameContainer(id: string, name: string): Promise<void> {
    const container = this.#find(id);
    this.#did('renameContainer', `${container.Name.slice(1)} ${name}`);
    this.#refuseTaken(name);
    container.Name = `/${name}`;
    this.#emit(container, 'rename');
  }

  async updateContainer(id: string, body: Parameters<Docker['updateContainer']>[1]): Promise<void> {
    const container = this.#find(id);
    this.#did('updateContainer', container.Name.slice(1));
    container.HostConfig = { ...container.HostConfig, ...body };
    this.#emit(container, 'update');
  }

  async unpauseContainer(id: string): Promise<void> {
    const container = this.#find(id);
    this.#did('unpauseContainer', container.Name.slice(1));
    if (!container.State.Paused) throw conflict(`container ${id} is not paused`);
    Object.assign(container.State, { Paused: false, Status: 'running' });
    this.#emit(container, 'unpause');
  }

  async signalContainer(id: string, signal: string): Promise<void> {
    const container = this.#find(id);
    this.#did('signalContainer', `${container.Name.slice(1)} ${signal}`);
    if (!container.State.Running) throw conflict(`container ${id} is not running`);
    if (signal === 'SIGKILL') this.#exit(container, 137, ['kill', 'die']);
    else this.#emit(container, 'kill', { signal });
  }

  async connectNetwork(network: string, id: string): Promise<void> {
    const container = this.#find(id);
    const joined = this.#network(network);
    this.#did('connectNetwork', `${container.Name.slice(1)} ${joined.Name}`);
    const networks = container.NetworkSettings.Networks;
    if (networks[joined.Name] !== undefined) throw conflict(`${id} is in ${joined.Name} already`);
    container.NetworkSettings.Networks = {
      ...networks,
      [joined.Name]: { IPAddress: this.#address(container), NetworkID: joined.Id },
    };
    this.#emitNetwork(joined, container, 'connect');
  }

  async disconnectNetwork(network: string, id: string): Promise<void> {
    const container = this.#find(id);
    const left = this.#network(network);
    this.#did('disconnectNetwork', `${container.Name.slice(1)} ${left.Name}`);
    delete container.NetworkSettings.Networks[left.Name];
    this.#emitNetwork(left, container, 'disconnect');
  }

  async listNetworks(): Promise<NetworkInspect[]> {
    return structuredClone([...this.networks.values()]);
  }

  async createNetwork(body: Parameters<Docker['createNetwork']>[0]): Promise<{ id: string }> {
    this.#did('createNetwork', body.Name);
    if ([...this.networks.values()].some(({ Name }) => Name === body.Name))
      throw conflict(`network ${body.Name} exists`);
    const { Name, Driver, IPAM, Options, Labels } = structuredClone(body);
    const Id = newId();
    this.networks.set(Id, { Id, Name, Driver, IPAM: { Config: [...IPAM.Config] }, Options, Labels });
    return { id: Id };
  }

  async removeNetwork(id: string): Promise<void> {
    const network = this.networks.get(id);
    if (network === undefined) return;
    this.#did('removeNetwork', network.Name);
    const used = [...this.containers.values()].some(
      (container) =>
        container.State.Running && container.NetworkSettings.Networks[network.Name] !== undefined,
    );
    if (used) throw conflict(`network ${network.Name} has active endpoints`);
    this.networks.delete(id);
  }

  async listVolumes(): Promise<VolumeInspect[]> {
    return structuredClone([...this.volumes.values()]);
  }

  async createVolume(body: Parameters<Docker['createVolume']>[0]): Promise<VolumeInspect> {
    this.#did('createVolume', body.Name);
    return structuredClone(this.#makeVolume(body.Name, { ...body.Labels }));
  }

  async inspectImage(ref: string): Promise<ImageInspect | null> {
    return this.images.get(ref) ?? null;
  }

  async pullImage(ref: string): Promise<void> {
    this.#did('pullImage', ref);
    if (!this.registry.has(ref)) {
      throw new ReconcilerError('docker/pull-failed', `cannot pull ${ref}: not found`, { retry: 'backoff' });
    }
    this.addImage(ref);
  }

  async watchEvents(
    onEvent: (event: EngineEvent) => void,
    onGap: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.#listeners.add(onEvent);
    onGap();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    this.#listeners.delete(onEvent);
  }

  // biome-ignore lint/correctness/useYield: the double keeps no output
  async *logs(id: string): AsyncGenerator<LogLine> {
    this.#find(id);
  }

  #find(id: string): Container {
    const container =
      this.containers.get(id) ??
      [...this.containers.values()].find((candidate) => candidate.Name === `/${id}`);
    if (container === undefined) throw notFound(`no such container: ${id}`);
    return container;
  }

  #network(id: string): NetworkInspect {
    const network =
      this.networks.get(id) ?? [...this.networks.values()].find((candidate) => candidate.Name === id);
    if (network === undefined) throw notFound(`network ${id} not found`);
    return network;
  }

  #makeVolume(name: string, labels: Record<string, string> | null): VolumeInspect {
    const known = this.volumes.get(name);
    if (known !== undefined) return known;
    const volume = { Name: name, Driver: 'local', Options: null, Labels: labels };
    this.volumes.set(name, volume);
    return volume;
  }

  #start(container: Container): void {
    Object.assign(container.State, {
      Status: 'running',
      Running: true,
      Pid: 4_000,
      StartedAt: this.#now(),
      ExitCode: 0,
    });
    for (const network of Object.values(container.NetworkSettings.Networks))
      network.IPAddress = this.#address(container);
    this.#emit(container, 'start');
    if (this.crashing.has(container.Config.Image)) this.#exit(container, 1, ['die']);
  }

  #exit(container: Container, code: number, actions: readonly string[]): void {
    Object.assign(container.State, {
      Status: 'exited',
      Running: false,
      Paused: false,
      Pid: 0,
      ExitCode: code,
      FinishedAt: this.#now(),
    });
    for (const network of Object.values(container.NetworkSettings.Networks)) network.IPAddress = '';
    for (const action of actions) this.#emit(container, action, { exitCode: String(code) });
  }

  #address(container: Container): string {
    if (!container.State.Running) return '';
    this.#addresses += 1;
    return `10.0.${this.#addresses >> 8}.${this.#addresses & 255}`;
  }

  #refuseTaken(name: string): void {
    if ([...this.containers.values()].some((container) => container.Name === `/${name}`)) {
      throw conflict(`the name ${name} is in use`);
    }
  }

  /** Strictly later at each call: a new run is always seen to be one. */
  #now(): string {
    this.#clock = Math.max(this.#clock + 1, Date.now());
    return new Date(this.#clock).toISOString();
  }

  #did(verb: string, what: string): void {
    this.calls.push(`${verb} ${what}`);
  }

  #emit(container: Container, action: string, more: Record<string, string> = {}): void {
    const name = container.Name.slice(1);
    const attributes = { ...container.Config.Labels, name, ...more };
    this.#tell({ type: 'container', action, id: container.Id, name, attributes, time: Date.now() });
  }

  #emitNetwork(network: NetworkInspect, container: Container, action: string): void {
    const attributes = { name: network.Name, container: container.Id };
    this.#tell({ type: 'network', action, id: container.Id, name: null, attributes, time: Date.now() });
  }

  #tell(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function newContainer(
  name: string,
  body: ContainerCreateBody,
  image: ImageInspect,
  created: string,
): Container {
  const config = image.Config;
  const asked = new Set(body.Env.map((line) => line.split('=')[0]));
  const inherited = (config?.Env ?? []).filter((line) => !asked.has(line.split('=')[0]));
  return structuredClone({
    Id: newId(),
    Name: `/${name}`,
    Created: created,
    Image: image.Id,
    RestartCount: 0,
    State: {
      Status: 'created',
      Running: false,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: 0,
      ExitCode: 0,
      Error: '',
      StartedAt: zeroTime,
      FinishedAt: zeroTime,
    },
    Config: {
      Image: body.Image,
      Cmd: body.Cmd ?? config?.Cmd ?? null,
      Entrypoint: null,
      Env: [...body.Env, ...inherited],
      User: body.User ?? config?.User ?? '',
      Labels: body.Labels,
      Healthcheck: body.Healthcheck,
    },
    // The engine fills in the lists that protect /proc and /sys by itself.
    HostConfig: { ...body.HostConfig, ...systemPaths },
    NetworkSettings: { Networks: {} },
  });
}

function newId(): string {
  return createHash('sha256').update(randomUUID()).digest('hex');
}

function notFound(message: string): ReconcilerError {
  return new ReconcilerError('docker/not-found', message, { retry: 'backoff' });
}

function conflict(message: string): ReconcilerError {
  return new ReconcilerError('docker/conflict', message, { retry: 'backoff' });
}
