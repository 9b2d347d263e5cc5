import type { Boundary } from '../boundary.ts';
import { isDestructive } from '../docker/actions.ts';
import { type Mode, type Point, runTrial, type Trial } from '../trial.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Template } from '../world/revisions.ts';
import type { World } from '../world/world.ts';
import { type Learnt, secondFault } from './points.ts';
import { failedTrial, type PointResult, resultOf } from './results.ts';

/** What the fault-free runs of a workload came to. */
export interface Clean {
  readonly workload: Workload;
  /** The first run in mode `once`: what all other trials are held against. */
  readonly trial: Trial;
  readonly learnt: readonly Learnt[];
  /** What did not hold without any fault: a false alarm, or a defect that needs none. */
  readonly complaints: readonly string[];
}

export interface RunnerOptions {
  /** A world with the border that it is asked for. */
  readonly openWorld: (boundary: Boundary['name']) => Promise<World>;
  readonly template: Template;
  readonly jobs: number;
  /** Aborts to end early: what is under way ends, nothing more is begun. */
  readonly signal: AbortSignal;
  /** Called whenever a piece of work is done. */
  readonly onDone: () => void;
}

/** Runs trials side by side, each job in a world of its own. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #idle: Record<Boundary['name'], World[]> = { docker: [], git: [], disk: [] };
  #retries = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Learns the places of a workload from fault-free runs, two of each mode: the order of reads varies. */
  learn(
    workloads: readonly Workload[],
    boundaries: readonly Boundary['name'][],
    modes: readonly Mode[],
  ): Promise<Clean[]> {
    return this.#all(workloads, (workload) => this.#learn(workload, boundaries, modes));
  }

  /** How often a world did not work before anything had gone wrong, and another one was taken. */
  get retries(): number {
    return this.#retries;
  }

  /** Tries the points until it is stopped. What breaks is tried once more, in another world. */
  async run(
    points: readonly Point[],
    clean: readonly Clean[],
    onResult: (result: PointResult) => void,
  ): Promise<PointResult[]> {
    const one = async (world: World, chosen: Point): Promise<PointResult> => {
      const known = clean.find(({ workload }) => workload.name === chosen.workload);
      if (known === undefined) throw new Error(`${chosen.workload} was not learnt`);
      const point = await this.#whole(world, chosen, known);
      const once = (where: World): Promise<Trial> => this.#trial(where, known.workload, point, known.trial);
      const trial = await once(world);
      const again = trial.complaints.length === 0 ? null : await this.#inAnother(point.boundary, once);
      return resultOf(trial, again);
    };
    const tried = new Map<Point, PointResult>();
    const work = async (point: Point): Promise<void> => {
      const result = await this.#inAnother(point.boundary, (world) => one(world, point)).catch(
        (error: unknown) => failedTrial(point, error),
      );
      tried.set(point, result);
      onResult(result);
    };
    await this.#all(points, work).catch((error: unknown) => {
      if (!this.#options.signal.aborted || tried.size === 0) throw error;
    });
    return points.flatMap((point) => tried.get(point) ?? []);
  }

  async close(): Promise<void> {
    for (const worlds of Object.values(this.#idle)) for (const world of worlds.splice(0)) await world.close();
  }

  async #learn(
    workload: Workload,
    boundaries: readonly Boundary['name'][],
    modes: readonly Mode[],
  ): Promise<Clean> {
    const learnt: Learnt[] = [];
    const complaints: string[] = [];
    let first: Trial | null = null;
    for (const boundary of boundaries) {
      await this.#inAnother(boundary, async (world) => {
        const told: string[] = [];
        const found: Learnt[] = [];
        for (const mode of new Set<Mode>(['once', ...modes])) {
          const keys = new Set<string>();
          for (let run = 0; run < 2; run += 1) {
            // A loop that nothing goes wrong with needs no tick: what happens is told to it.
            const ticks = mode !== 'loop' || boundary !== 'docker' || run > 0;
            const point: Point = { workload: workload.name, mode, boundary, fault: null, then: null, ticks };
            const trial: Trial = await this.#trial(world, workload, point, first);
            first ??= trial;
            told.push(...trial.complaints);
            for (const key of trial.keys) keys.add(key);
          }
          const of = world.boundary(boundary);
          const sensible = (action: string): boolean => !workload.irreplaceable || !isDestructive(action);
          const places = [...keys].map((key) => ({ key, actions: of.actions(key).filter(sensible) }));
          found.push({ workload: workload.name, boundary, mode, places });
        }
        learnt.push(...found);
        complaints.push(...told);
      });
    }
    if (first === null) throw new Error('there is no boundary to learn');
    return { workload, trial: first, learnt, complaints };
  }

  /** A pair whose second fault is chosen out of what follows the first, which is tried alone for that. */
  async #whole(world: World, point: Point, { workload, trial }: Clean): Promise<Point> {
    const { thenBy, ...first } = point;
    if (thenBy === undefined) return point;
    const { keysAfter } = await this.#trial(world, workload, point, trial);
    return { ...first, then: secondFault(keysAfter, thenBy) };
  }

  #trial(world: World, workload: Workload, point: Point, clean: Trial | null): Promise<Trial> {
    return runTrial(world, workload, this.#options.template.of(workload.name), point, clean);
  }

  /** Does the work for each entry, as many at a time as there are jobs. */
  async #all<T, R>(list: readonly T[], work: (entry: T) => Promise<R>): Promise<R[]> {
    const results: R[] = [];
    const entries = list.entries();
    const job = async (): Promise<void> => {
      // The jobs share the iterator: each takes the next entry.
      for (const [index, entry] of entries) {
        this.#options.signal.throwIfAborted();
        results[index] = await work(entry);
        this.#options.onDone();
      }
    };
    // All jobs end before the first failure is told: whoever closes the worlds finds none in use.
    const jobs = await Promise.allSettled(Array.from({ length: this.#options.jobs }, job));
    for (const ended of jobs) if (ended.status === 'rejected') throw ended.reason;
    return results;
  }

  /** A world that nobody uses. One that does not work is replaced, once, and counted. */
  async #inAnother<R>(boundary: Boundary['name'], work: (world: World) => Promise<R>): Promise<R> {
    const idle = this.#idle[boundary];
    const world = idle.pop() ?? (await this.#options.openWorld(boundary));
    try {
      const result = await work(world);
      idle.push(world);
      return result;
    } catch (error) {
      this.#retries += 1;
      await world.close();
      const fresh = await this.#options.openWorld(boundary);
      try {
        return await work(fresh);
      } catch {
        throw error;
      } finally {
        idle.push(fresh);
      }
    }
  }
}
