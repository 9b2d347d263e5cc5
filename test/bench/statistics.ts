/** The middle value; of an even number of values the mean of the middle two. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The value that so many percent of all are not above (nearest rank). NaN for none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Every value, in the order in which they were measured. */
  readonly values: readonly number[];
}

/** @param values at least one, in any unit */
export function summarise(values: readonly number[]): Summary {
  const rounded = values.map((value) => Math.round(value * 100) / 100);
  return { median: median(rounded), min: Math.min(...rounded), max: Math.max(...rounded), values: rounded };
}
