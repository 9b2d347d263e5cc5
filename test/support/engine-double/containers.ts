import type { ContainerCreateBody, UpdateBody } from '../../../reconciler/engine-api.ts';
import { mountPoints, refuseAbsent } from './mounts.ts';
import type { Networks } from './networks.ts';
import { newContainer } from './new-container.ts';
import { EngineProblem, isValidName, nameRule } from './problem.ts';
import { Runs } from './runs.ts';
import type { Container } from './shapes.ts';
import { numberOfSignal } from './signals.ts';
import type { Volumes } from './volumes.ts';
import type { World } from './world.ts';

const leastMemory = 6 * 1024 * 1024;

/** What the engine does with containers. Every method throws `EngineProblem` as the engine refuses. */
export class Containers {
  readonly runs: Runs;
  readonly #world: World;
  readonly #volumes: Volumes;
  readonly #checksBinds: boolean;
  /** Those whose removal has begun. */
  readonly #going = new Set<string>();

  /** @param options `waits`: restarts by policy do, as the engine's; `checksBinds`: a folder to bind must exist */
  constructor(
    world: World,
    parts: { readonly networks: Networks; readonly volumes: Volumes },
    options: { readonly waits: boolean; readonly checksBinds: boolean },
  ) {
    this.#world = world;
    this.#volumes = parts.volumes;
    this.#checksBinds = options.checksBinds;
    this.runs = new Runs(world, parts.networks, options);
  }

  create(name: string, body: ContainerCreateBody): Container {
    if (!isValidName(name)) {
      throw new EngineProblem(400, `Invalid container name (${name}), only ${nameRule} are allowed`);
    }
    const image = this.#world.images.get(body.Image);
    if (image === undefined) throw new EngineProblem(404, `No such image: ${body.Image}`);
    this.#refuseTaken(name);
    const mounts = mountPoints(body, this.#volumes, this.#checksBinds);
    // A network is looked for when the container starts.
    const container = newContainer(name, body, image, mounts, this.#world.now());
    this.#world.containers.set(container.Id, container);
    this.#world.name(container, name);
    this.#world.tell(container, 'create');
    return container;
  }

  /** @returns false when it runs already */
  start(ref: string): boolean {
    const container = this.#world.container(ref);
    if (container.State.Paused) {
      throw new EngineProblem(409, 'cannot start a paused container, try unpause instead');
    }
    if (this.#going.has(container.Id)) {
      throw new EngineProblem(409, 'container is marked for removal and cannot be started');
    }
    if (container.State.Running && !container.State.Restarting) return false;
    if (this.#checksBinds) container.Mounts.forEach(refuseAbsent);
    this.runs.begin(container);
    return true;
  }

  /** @returns false when it does not run */
  stop(ref: string): boolean {
    const container = this.#world.container(ref);
    if (!container.State.Running) return false;
    if (container.State.Restarting) {
      this.runs.giveUp(container);
      return true;
    }
    this.runs.end(container, 143, [['kill', { signal: '15' }]], ['stop']);
    return true;
  }

  restart(ref: string): void {
    const container = this.#world.container(ref);
    if (container.State.Restarting) this.runs.giveUp(container);
    if (container.State.Running) this.runs.end(container, 143, [['kill', { signal: '15' }]], ['stop']);
    try {
      this.runs.begin(container);
    } catch (error) {
      if (!(error instanceof EngineProblem)) throw error;
      throw new EngineProblem(500, `Cannot restart container ${ref}: ${error.message}`);
    }
    this.#world.tell(container, 'restart');
  }

  /**
   * Checks that it may be removed and marks it, so that nobody else begins to.
   * @returns what does the rest
   */
  beginRemoval(ref: string, { force }: { readonly force: boolean }, volumesToo = false): () => void {
    const container = this.#world.container(ref);
    const { Id, State } = container;
    if (this.#going.has(Id))
      throw new EngineProblem(409, `removal of container ${ref} is already in progress`);
    if (State.Running && !force) {
      const advice = State.Paused
        ? 'Unpause and then stop the container before attempting removal or force remove'
        : 'Stop the container before attempting removal or force remove';
      const state = State.Paused ? 'paused' : State.Restarting ? 'restarting' : 'running';
      throw new EngineProblem(409, `You cannot remove a ${state} container ${Id}. ${advice}`);
    }
    this.#going.add(Id);
    return () => {
      this.#going.delete(Id);
      if (State.Restarting) this.runs.giveUp(container);
      if (State.Running) this.runs.end(container, 137, [['kill', { signal: '9' }]], []);
      this.#world.containers.delete(Id);
      this.#world.unname(container);
      this.#world.tell(container, 'destroy');
      if (!volumesToo) return;
      for (const { Name } of container.Mounts) {
        if (Name !== undefined && /^[0-9a-f]{64}$/.test(Name)) this.#volumes.remove(Name);
      }
    };
  }

  rename(ref: string, name: string): void {
    if (name === '') throw new EngineProblem(400, 'Neither old nor new names may be empty');
    const container = this.#world.container(ref);
    if (container.Name === `/${name}`) {
      throw new EngineProblem(400, 'Renaming a container with the same name as its current name');
    }
    if (!isValidName(name)) {
      const why = `Invalid container name (/${name}), only ${nameRule} are allowed`;
      throw new EngineProblem(400, `Error when allocating new name: ${why}`);
    }
    this.#refuseTaken(name);
    const oldName = container.Name;
    this.#world.unname(container);
    this.#world.name(container, name);
    this.#world.tell(container, 'rename', { oldName });
  }

  update(ref: string, body: UpdateBody): void {
    const container = this.#world.container(ref);
    const { Memory = 0 } = body;
    if (Memory > 0 && Memory < leastMemory) {
      throw new EngineProblem(400, 'Minimum memory limit allowed is 6MB');
    }
    if (Memory > 0 && body.MemorySwap === undefined) {
      const swap = container.HostConfig.MemorySwap ?? 0;
      if (swap > 0 && Memory > swap) {
        const message =
          'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time';
        throw new EngineProblem(500, `Cannot update container ${container.Id}: ${message}`);
      }
    }
    container.HostConfig = { ...container.HostConfig, ...body };
    this.#world.tell(container, 'update');
  }

  pause(ref: string): void {
    const container = this.#running(ref);
    if (container.State.Paused) throw new EngineProblem(409, `Container ${container.Id} is already paused`);
    Object.assign(container.State, { Status: 'paused', Paused: true });
    this.#world.tell(container, 'pause');
  }

  unpause(ref: string): void {
    const container = this.#world.container(ref);
    if (!container.State.Paused) throw new EngineProblem(500, `Container ${container.Id} is not paused`);
    Object.assign(container.State, { Status: 'running', Paused: false });
    this.#world.tell(container, 'unpause');
  }

  /** @param signal name or number; `SIGKILL` and `SIGTERM` end the run, others are told only */
  kill(ref: string, signal: string): void {
    const number = numberOfSignal(signal);
    if (number === null) throw new EngineProblem(400, `Invalid signal: ${signal}`);
    const what = `Cannot kill container: ${ref}`;
    const container = this.#world.find(ref);
    if (container === undefined) throw new EngineProblem(404, `${what}: No such container: ${ref}`);
    if (!container.State.Running || container.State.Restarting) {
      throw new EngineProblem(409, `${what}: Container ${container.Id} is not running`);
    }
    const told = { signal: String(number) };
    if (number === 9) this.runs.end(container, 137, [['kill', told]], []);
    else if (number === 15 || number === 2) this.runs.end(container, 128 + number, [['kill', told]], []);
    else this.runs.signalled(container, told);
  }

  #running(ref: string): Container {
    const container = this.#world.container(ref);
    if (!container.State.Running) throw new EngineProblem(409, `Container ${container.Id} is not running`);
    return container;
  }

  #refuseTaken(name: string): void {
    const holder = this.#world.named(name);
    if (holder === undefined) return;
    const advice = 'You have to remove (or rename) that container to be able to reuse that name.';
    const message = `Conflict. The container name "/${name}" is already in use by container "${holder.Id}". ${advice}`;
    throw new EngineProblem(409, message);
  }
}
