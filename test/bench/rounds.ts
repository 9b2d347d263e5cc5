import type { FleetOptions } from './fleet.ts';

/** Someone who is measured; one run may give several figures, each in milliseconds, by name. */
export interface Contestant {
  readonly name: string;
  readonly run: () => Promise<Readonly<Record<string, number>>>;
}

/** What a measurement needs of the bench. */
export interface Bench extends FleetOptions {
  /** Says on standard error what is being done. */
  readonly progress: (line: string) => void;
  /** Aborts between two runs. */
  readonly signal: AbortSignal;
}

/**
 * Runs every contestant once a round, each round beginning with the next one, so that whatever else the machine does
 * falls on all alike. A run is never cut short: what it began in the engine could not be removed.
 *
 * @returns every figure's values, in the order of the rounds
 * @throws the signal's reason when it aborts
 */
export async function interleave(
  rounds: number,
  contestants: readonly Contestant[],
  { progress, signal }: Pick<Bench, 'progress' | 'signal'>,
): Promise<Map<string, number[]>> {
  const figures = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const contestant = contestants[(round + turn) % contestants.length];
      if (contestant === undefined) continue;
      signal.throwIfAborted();
      const took = Object.entries(await contestant.run());
      for (const [name, ms] of took) figures.set(name, [...(figures.get(name) ?? []), ms]);
      const shown = took.map(([name, ms]) => `${name}: ${ms.toFixed(1)} ms`).join('; ');
      progress(`round ${round + 1} of ${rounds}: ${shown}`);
    }
  }
  return figures;
}
