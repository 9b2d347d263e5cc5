import { refuseGone } from './mounts.ts';
import type { Networks } from './networks.ts';
import { EngineProblem } from './problem.ts';
import type { Container } from './shapes.ts';
import type { World } from './world.ts';

const firstPauseMs = 100;
const longestPauseMs = 60_000;
/** By then the engine's pauses are so long that no test waits for the next restart. */
const mostAtOnce = 10;

type Told = readonly [action: string, more: Readonly<Record<string, string>>];

/** Begins and ends runs of containers, and begins them again as their policy says. */
export class Runs {
  readonly #world: World;
  readonly #networks: Networks;
  readonly #waits: boolean;
  readonly #checksBinds: boolean;
  /** What calls off a restart that is due, by container. */
  readonly #due = new Map<string, () => void>();
  /** Containers that got a signal through the engine: it takes that for a stop, and begins none of them again. */
  readonly #signalled = new WeakSet<Container>();
  #pid = 4_000;

  /**
   * @param options `waits`: restarts do, as the engine's; otherwise they follow at once, the first ten of them.
   * `checksBinds`: a run begins only where there is what it binds
   */
  constructor(
    world: World,
    networks: Networks,
    { waits, checksBinds }: { readonly waits: boolean; readonly checksBinds: boolean },
  ) {
    this.#world = world;
    this.#networks = networks;
    this.#waits = waits;
    this.#checksBinds = checksBinds;
  }

  /**
   * Begins a run because somebody asked for it; restarts are counted from here.
   *
   * @throws EngineProblem 404 when a network is not there, 400 when what it binds is not: the container then is as it was,
   * with the error written down
   */
  begin(container: Container): void {
    container.RestartCount = 0;
    this.#signalled.delete(container);
    this.#run(container);
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

  /** A signal that does not end the run. */
  signalled(container: Container, told: Told[1]): void {
    this.#signalled.add(container);
    this.#world.tell(container, 'kill', told);
  }

  /** A container that waits to be started again by its policy is not. */
  giveUp(container: Container): void {
    this.#cancel(container);
    Object.assign(container.State, { Status: 'exited', Running: false, Restarting: false, Pid: 0 });
    this.#world.tell(container, 'stop');
  }

  /** Nothing is begun again any more. */
  close(): void {
    for (const callOff of this.#due.values()) callOff();
    this.#due.clear();
  }

  #run(container: Container): void {
    this.#cancel(container);
    if (this.#checksBinds) this.#prepare(container, 127, () => refuseGone(container.Mounts));
    this.#prepare(container, 128, () => this.#networks.plug(container));
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

  /** Writes down why a run does not begin, if it does not. */
  #prepare(container: Container, code: number, prepare: () => void): void {
    try {
      prepare();
    } catch (error) {
      if (!(error instanceof EngineProblem)) throw error;
      Object.assign(container.State, { ExitCode: code, Error: error.message });
      throw error;
    }
  }

  #crash(container: Container, code = 1): void {
    this.#exited(container, code);
    const { Name } = container.HostConfig.RestartPolicy;
    if (!['always', 'unless-stopped'].includes(Name) || this.#signalled.has(container)) return;
    Object.assign(container.State, { Status: 'restarting', Running: true, Restarting: true });
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(container.RestartCount, 10));
    container.RestartCount += 1;
    this.#later(container, pause, () => {
      try {
        this.#run(container);
      } catch (error) {
        if (!(error instanceof EngineProblem)) throw error;
        this.giveUp(container);
      }
    });
  }

  #later(container: Container, pauseMs: number, restart: () => void): void {
    if (this.#waits) {
      const timer = setTimeout(restart, pauseMs).unref();
      this.#due.set(container.Id, () => clearTimeout(timer));
    } else if (container.RestartCount < mostAtOnce) {
      const immediate = setImmediate(restart).unref();
      this.#due.set(container.Id, () => clearImmediate(immediate));
    }
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
    this.#due.get(container.Id)?.();
    this.#due.delete(container.Id);
  }
}
