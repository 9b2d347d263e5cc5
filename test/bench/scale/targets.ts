import { median } from '../statistics.ts';
import type { Target } from '../targets.ts';
import { scale } from './figures.ts';
import { type SoakResult, soak } from './soak.ts';

type Values = ReadonlyMap<string, readonly number[]> | undefined;

/** Of fewer minutes, no growth an hour can be told. */
const leastSoak = 10;

/** Name of a figure, the most that its median may be, and the sentence for it. */
const limits: readonly (readonly [name: string, most: number, text: string])[] = [
  [scale.pass(1_000), 250, 'scale: a full pass over 1,000 tenants in at most 250 ms of CPU'],
  [scale.pass(10_000), 2_500, 'scale: a full pass over 10,000 tenants in at most 2.5 s of CPU'],
  [scale.change(10_000), 150, 'scale: a revision to its first Docker call among 10,000 in at most 150 ms'],
  [scale.memory(1_000), 150, 'scale: at most 150 MiB resident at 1,000 tenants'],
  [scale.memory(10_000), 500, 'scale: at most 500 MiB resident at 10,000 tenants'],
  [scale.firstPlan(1_000), 2_000, 'scale: start to first full plan at 1,000 tenants in at most 2 s'],
];

/** What the project has set itself for many tenants, for as much of it as was measured. `ratio` is of the limit. */
export function scaleTargets(values: Values, soaked: SoakResult | null): Target[] {
  const targets: Target[] = [];
  const add = (text: string, figure: number, limit: number): void => {
    if (Number.isNaN(figure)) return;
    targets.push({ text, ratio: figure / limit, limit: 1, reached: figure <= limit });
  };
  const medianOf = (name: string): number => median(values?.get(name) ?? []);
  for (const [name, most, text] of limits) add(text, medianOf(name), most);
  add(
    'scale: among 10,000 at most twice as long as among 100',
    medianOf(scale.change(10_000)) / medianOf(scale.change(100)),
    2,
  );
  const [validated] = [...(values?.keys() ?? [])].filter((name) => /validate, \d{5} documents/.test(name));
  add('scale: validate of 10,000 documents in at most 3 s', medianOf(validated ?? ''), 3_000);
  if (soaked !== null && soaked.minutes >= leastSoak) {
    const growth = (name: string): number => median(soaked.values.get(name) ?? []);
    add('soak (INV-31): what is on the heap grows by less than 1 % an hour', growth(soak.heap), 1);
    add('soak (INV-31): resident memory grows by less than 1 % an hour', growth(soak.rss), 1);
  }
  return targets;
}
