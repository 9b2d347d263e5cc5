import type { Networks } from './networks.ts';
import { EngineProblem } from './problem.ts';
import type { Container } from './shapes.ts';
import type { World } from './world.ts';

const firstPauseMs = 100;
const longestPauseMs = 60_000;

type Told = readonly [action: string, more: Readonly<Record<string, string>>];

/** Begins and ends runs of containers, and begins them again as their policy says. */
export class Runs {
  readonly #world: World;
  readonly #networks: Networks;
  readonly #restarts: boolean;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #pid = 4_000;

  constructor(world: World, networks: Networks, restarts: boolean) {
    this.#world = world;
    this.#networks = networks;
    this.#restarts = restarts;
  }

  /** @throws EngineProblem 404 when a network is not there: the container then is as it was, with the error written down */
  begin(container: Container): void {
    this.#cancel(container);
    try {
      this.#networks.plug(container);
    } catch (error) {
      if (!(error instanceof EngineProblem)) throw error;
      Object.assign(container.State, { ExitCode: 128, Error: error.message });
      throw error;
    }
    this.#pid += 1;
    Object.assign(container.State, {
      Status: 'running',
      Running: true,
      Restarting: false,
      Pid: this.#pid,
      StartedAt: this.#world.now(),
      ExitCode: 0,
      Error: '',
    });
    this.#mounted(container, 'mount');
    this.#check(container);
    this.#world.tell(container, 'start');
    if (this.#world.crashing.has(container.Config.Image)) this.#crash(container);
  }

  /** Ends a run because somebody asked for it: no policy begins another one. */
  end(container: Container, code: number, before: readonly Told[], after: readonly string[]): void {
    for (const [action, more] of before) this.#world.tell(container, action, more);
    this.#exited(container, code);
    for (const action of after) this.#world.tell(container, action);
  }

  /** Ends a run by itself, as a process that dies does; the restart policy decides what follows. */
  die(container: Container, code: number): void {
    if (container.State.Running && !container.State.Restarting) this.#crash(container, code);
  }

  /** A container that waits to be started again by its policy is not. */
  giveUp(container: Container): void {
    this.#cancel(container);
    Object.assign(container.State, { Status: 'exited', Running: false, Restarting: false, Pid: 0 });
    this.#world.tell(container, 'stop');
  }

  /** Nothing is begun again any more. */
  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #crash(container: Container, code = 1): void {
    this.#exited(container, code);
    const { Name } = container.HostConfig.RestartPolicy;
    if (!this.#restarts || !['always', 'unless-stopped'].includes(Name)) return;
    Object.assign(container.State, { Status: 'restarting', Running: true, Restarting: true });
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(container.RestartCount, 10));
    const timer = setTimeout(() => {
      container.RestartCount += 1;
      try {
        this.begin(container);
      } catch (error) {
        if (!(error instanceof EngineProblem)) throw error;
        this.giveUp(container);
      }
    }, pause);
    timer.unref();
    this.#timers.set(container.Id, timer);
  }

  #exited(container: Container, code: number): void {
    Object.assign(container.State, {
      Status: 'exited',
      Running: false,
      Paused: false,
      Restarting: false,
      Pid: 0,
      ExitCode: code,
      FinishedAt: this.#world.now(),
    });
    this.#world.tell(container, 'die', { exitCode: String(code) });
    this.#networks.unplug(container);
    this.#mounted(container, 'unmount');
  }

  #mounted(container: Container, action: 'mount' | 'unmount'): void {
    for (const { Type, Name } of container.Mounts) {
      if (Type === 'volume' && Name !== undefined) {
        this.#world.tellOfVolume(Name, action, { container: container.Id });
      }
    }
  }

  /** The engine's own health check. It is not run: whether the image is among the unhealthy decides. */
  #check(container: Container): void {
    const { Healthcheck: check, Image } = container.Config;
    const kind = check?.Test?.[0];
    if (kind === undefined || kind === 'NONE') return;
    const { StartedAt } = container.State;
    container.State.Health = { Status: 'starting', Log: [] };
    setImmediate(() => {
      if (!container.State.Running || container.State.StartedAt !== StartedAt) return;
      const Status = this.#world.unhealthy.has(Image) ? 'unhealthy' : 'healthy';
      container.State.Health = { Status, Log: [] };
      this.#world.tell(container, `health_status: ${Status}`);
    });
  }

  #cancel(container: Container): void {
    clearTimeout(this.#timers.get(container.Id));
    this.#timers.delete(container.Id);
  }
}
