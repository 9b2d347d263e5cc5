import { type ColdResult, cold } from './cold.ts';
import { type NoopResult, noop } from './noop.ts';
import type { RealResult } from './real/measure.ts';
import { realTargets } from './real/report.ts';
import { type RepairResult, repair } from './repair.ts';
import type { Figures } from './scale/figures.ts';
import { neighbours } from './scale/neighbours.ts';
import type { SoakResult } from './scale/soak.ts';
import { scaleTargets } from './scale/targets.ts';
import { ways } from './scale/ways.ts';
import { median } from './statistics.ts';
import type { WebFigures } from './web/figures.ts';
import { webTargets } from './web/targets.ts';

/** What was measured; null for what was not asked for. */
export interface Results {
  readonly cold: ColdResult | null;
  readonly noop: NoopResult | null;
  readonly repair: RepairResult | null;
  readonly real: RealResult | null;
  readonly scale: Figures | null;
  readonly neighbours: Figures | null;
  readonly edit: WebFigures | null;
  readonly list: WebFigures | null;
  readonly links: WebFigures | null;
  readonly soak: SoakResult | null;
}

export interface Target {
  readonly text: string;
  /** How many times the first median is the second; of the group `real`, the worst value itself. */
  readonly ratio: number;
  readonly limit: number;
  readonly reached: boolean;
}

/** What the project has set itself, for as much of it as was measured. */
export function judge(results: Results): Target[] {
  const targets: Target[] = [];
  const add = (
    figures: ReadonlyMap<string, readonly number[]> | undefined,
    [one, other]: readonly [string, string],
    text: string,
    limit: number,
    how: 'at most' | 'at least',
  ): void => {
    const ratio = median(figures?.get(one) ?? []) / median(figures?.get(other) ?? []);
    if (Number.isNaN(ratio)) return;
    targets.push({ text, ratio, limit, reached: how === 'at most' ? ratio <= limit : ratio >= limit });
  };
  const { cold: up, noop: idle, repair: healing } = results;
  add(up?.figures, [cold.tenantry, up?.floor ?? ''], 'cold: at most 1.15 of the floor', 1.15, 'at most');
  add(up?.figures, [cold.tenantry, cold.compose], 'cold: less than docker-compose', 1, 'at most');
  const quicker = 'no-op: a full pass at least 20 times quicker than docker-compose';
  add(idle?.figures, [noop.compose, noop.pass], quicker, 20, 'at least');
  const process = 'no-op: reconcile --once, a whole process, quicker than docker-compose';
  add(idle?.figures, [noop.process, noop.compose], process, 1, 'at most');
  add(
    healing?.figures,
    [repair.killed, repair.start],
    'repair: kill to running at most 1.5 of a bare start',
    1.5,
    'at most',
  );
  const around = results.neighbours?.values;
  const worst = worstWay(around);
  if (worst !== null) {
    const text = `neighbours (INV-10): one of 100 broken in ten ways, the others at most 1.1 of their time in the worst, "${worst}"`;
    add(around, [neighbours.way(worst), neighbours.whole], text, 1.1, 'at most');
  }
  return [
    ...targets,
    ...(results.real === null ? [] : realTargets(results.real)),
    ...scaleTargets(results.scale?.values, results.soak),
    ...webTargets(results),
  ];
}

/** The way that costs the others most, by the medians of its rounds; null when none was tried. */
function worstWay(values: ReadonlyMap<string, readonly number[]> | undefined): string | null {
  const tried = ways.map(({ name }) => ({ name, ms: median(values?.get(neighbours.way(name)) ?? []) }));
  const [worst] = tried.filter(({ ms }) => !Number.isNaN(ms)).toSorted((a, b) => b.ms - a.ms);
  return worst?.name ?? null;
}
