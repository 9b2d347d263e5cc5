import { median } from '../statistics.ts';

/** One measurement; `at` in any unit of time. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/**
 * How fast the values grow, robustly: the median of the slopes between all pairs of samples (Theil-Sen). A few wild
 * samples, such as one taken in the middle of a garbage collection, move it hardly at all.
 *
 * @param samples at least two
 * @returns per unit of time, as a fraction of the samples' median
 */
export function relativeSlope(samples: readonly Sample[]): number {
  const slopes = samples.flatMap((one, index) =>
    samples
      .slice(index + 1)
      .filter((other) => other.at !== one.at)
      .map((other) => (other.value - one.value) / (other.at - one.at)),
  );
  return median(slopes) / median(samples.map(({ value }) => value));
}
