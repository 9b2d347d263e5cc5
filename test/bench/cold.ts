import { ComposeProject } from './compose.ts';
import { Fleet } from './fleet.ts';
import { bareDocker, describeSpread, type Spread, upBare } from './floor.ts';
import { type Bench, type Contestant, interleave } from './rounds.ts';
import { median } from './statistics.ts';
import { onceAsProcess, onceInProcess } from './tenantry.ts';

export const cold = {
  tenantry: 'Tenantry, in process',
  process: 'tenantry reconcile --once',
  floor: (spread: Spread) => `bare dockerode, ${describeSpread(spread)}`,
  compose: 'docker-compose up',
} as const;

export interface ColdOptions {
  readonly rounds: number;
  /** Spreads that are tried once each; the two quickest go through the rounds. */
  readonly sweep: readonly Spread[];
  readonly compose: boolean;
}

export interface ColdResult {
  readonly figures: ReadonlyMap<string, readonly number[]>;
  /** One run of each spread. */
  readonly sweep: ReadonlyMap<string, readonly number[]>;
  /** Name of the figure that is the floor. */
  readonly floor: string;
}

/** From nothing to every container running: each run gets names, a repository and folders that were never used. */
export async function measureCold(bench: Bench, options: ColdOptions): Promise<ColdResult> {
  bench.progress(`cold: trying ${options.sweep.length} ways to spread bare calls`);
  const sweep = await interleave(
    1,
    options.sweep.map((spread) => bare(bench, spread)),
    bench,
  );
  const finalists = options.sweep
    .toSorted((a, b) => medianOf(sweep, cold.floor(a)) - medianOf(sweep, cold.floor(b)))
    .slice(0, 2);
  bench.progress(`cold: ${options.rounds} rounds`);
  const contestants = [
    run(bench, cold.tenantry, async (fleet) => () => onceInProcess(fleet)),
    run(bench, cold.process, async (fleet) => () => onceAsProcess(fleet)),
    ...finalists.map((spread) => bare(bench, spread)),
    ...(options.compose ? [run(bench, cold.compose, compose)] : []),
  ];
  const figures = await interleave(options.rounds, contestants, bench);
  const [floor = ''] = finalists
    .map(cold.floor)
    .toSorted((a, b) => medianOf(figures, a) - medianOf(figures, b));
  return { figures, sweep, floor };
}

function bare(bench: Bench, spread: Spread): Contestant {
  return run(bench, cold.floor(spread), async (fleet) => {
    const requests = await fleet.requests();
    const docker = bareDocker();
    return async () => {
      const began = performance.now();
      await upBare(docker, requests, spread);
      return performance.now() - began;
    };
  });
}

async function compose(fleet: Fleet): Promise<() => Promise<number>> {
  const project = await ComposeProject.write(fleet);
  return () => project.up();
}

/** @param prepare makes what the clock shall not see, and answers what it shall */
function run(
  bench: Bench,
  name: string,
  prepare: (fleet: Fleet) => Promise<() => Promise<number>>,
): Contestant {
  return {
    name,
    run: async () => {
      const fleet = await Fleet.make(bench);
      try {
        const timed = await prepare(fleet);
        return { [name]: await timed() };
      } finally {
        await fleet.host.remove();
      }
    },
  };
}

function medianOf(figures: ReadonlyMap<string, readonly number[]>, name: string): number {
  return median(figures.get(name) ?? []);
}
