import { cold } from './cold.ts';
import { noop } from './noop.ts';
import type { Group } from './options.ts';
import { real, realNames } from './real/names.ts';
import { type RealFacts, realFacts, realLines } from './real/report.ts';
import { repair } from './repair.ts';
import type { Unit } from './scale/figures.ts';
import { neighbours } from './scale/neighbours.ts';
import type { SoakResult } from './scale/soak.ts';
import { median, type Summary, summarise } from './statistics.ts';
import { judge, type Results, type Target } from './targets.ts';
import type { WebFigures } from './web/figures.ts';

export interface Row extends Summary {
  readonly group: Group;
  readonly name: string;
  readonly unit: Unit;
  /** This median in relation to the group's yardstick; null for the yardstick and where it is missing. */
  readonly ratio: number | null;
}

/** What the bench writes as JSON. */
export interface Report {
  readonly at: string;
  readonly machine: Readonly<Record<string, string | number | null>>;
  /** Of each fleet; see README. */
  readonly tenants: number;
  /** Label `dev.tenantry.platform` of all that was made, and is gone. */
  readonly platforms: readonly string[];
  readonly rows: readonly Row[];
  /** One run of each way to spread bare calls; the best two are among the rows. */
  readonly sweep: readonly { readonly name: string; readonly ms: number }[];
  /** Docker calls of one full pass over a converged node. */
  readonly passCalls: { readonly reads: number; readonly mutations: number } | null;
  /** Counts of the group `real`. */
  readonly real: RealFacts | null;
  readonly targets: readonly Target[];
  readonly notes: readonly string[];
}

export function reportOf(
  results: Results,
  context: Pick<Report, 'at' | 'machine' | 'tenants' | 'platforms' | 'notes'>,
): Report {
  return {
    ...context,
    rows: [
      ...rowsOf('cold', results.cold?.figures, results.cold?.floor ?? ''),
      ...rowsOf('no-op', results.noop?.figures, noop.compose),
      ...rowsOf('repair', results.repair?.figures, repair.start),
      ...rowsOf('real', results.real?.figures, real.floor).map((row) =>
        row.name === real.cold ? row : { ...row, ratio: null },
      ),
      ...scaleRows('scale', results.scale),
      ...rowsOf('neighbours', results.neighbours?.values, neighbours.whole),
      ...webRows('edit', results.edit),
      ...webRows('list', results.list),
      ...webRows('links', results.links),
      ...scaleRows('soak', results.soak),
    ],
    sweep: [...(results.cold?.sweep ?? [])].map(([name, [ms = Number.NaN]]) => ({
      name,
      ms: Math.round(ms),
    })),
    passCalls: results.noop?.calls ?? null,
    real: results.real === null ? null : realFacts(results.real),
    targets: judge(results),
  };
}

const order: readonly string[] = [
  ...[cold, noop, repair].flatMap((names) => Object.values(names).filter((name) => typeof name === 'string')),
  ...realNames(),
];

function rowsOf(
  group: Row['group'],
  figures: ReadonlyMap<string, readonly number[]> | undefined,
  yardstick: string,
): Row[] {
  const summaries = [...(figures ?? [])].map(([name, values]) => ({ name, ...summarise(values) }));
  const reference = summaries.find(({ name }) => name === yardstick)?.median;
  return summaries
    .map((row) => ({
      group,
      ...row,
      unit: 'ms' as const,
      ratio: reference === undefined || row.name === yardstick ? null : row.median / reference,
    }))
    .toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

/** In the order in which they were measured; a figure that was taken at several sizes is set against the smallest. */
function scaleRows(group: Row['group'], figures: Pick<SoakResult, 'values' | 'units'> | null): Row[] {
  const least = new Map<string, number>();
  return [...(figures?.values ?? [])].map(([name, values]) => {
    const summary = summarise(values);
    const kind = name.replace(/\d+/, 'N');
    const yardstick = least.get(kind);
    least.set(kind, yardstick ?? summary.median);
    const ratio = yardstick === undefined ? null : summary.median / yardstick;
    return { group, name, unit: figures?.units.get(name) ?? 'ms', ...summary, ratio };
  });
}

/** In the order in which they were measured, each beside its own yardstick. */
function webRows(group: Row['group'], figures: WebFigures | null): Row[] {
  return [...(figures?.values ?? [])].map(([name, values]) => {
    const summary = summarise(values);
    const yardstick = figures?.values.get(figures.yardsticks.get(name) ?? '');
    const ratio = yardstick === undefined ? null : summary.median / median(yardstick);
    return { group, name, unit: figures?.units.get(name) ?? 'ms', ...summary, ratio };
  });
}

/** The report as lines for a terminal. */
export function reportLines(report: Report): string[] {
  const cells = report.rows.map((row) => [
    row.group,
    row.name,
    shown(row.median),
    row.unit,
    `${shown(row.min)} .. ${shown(row.max)}`,
    row.ratio === null ? '' : row.ratio.toFixed(row.ratio < 0.1 ? 4 : 2),
  ]);
  const { passCalls } = report;
  return [
    `a fleet has ${report.tenants} tenants; ${Object.entries(report.machine)
      .map(([name, value]) => `${name} ${value ?? 'none'}`)
      .join(', ')}`,
    '',
    ...table([['', 'who', 'median', '', 'min .. max', 'ratio'], ...cells]),
    '',
    ...(passCalls === null
      ? []
      : [
          `One full pass made ${passCalls.reads} reading Docker calls and ${passCalls.mutations} changing ones.`,
        ]),
    ...(report.real === null ? [] : realLines(report.real)),
    ...report.notes,
    '',
    ...report.targets.map(
      ({ text, ratio, reached }) => `${reached ? 'reached' : 'MISSED '}  ${text} (${ratio.toFixed(2)})`,
    ),
    ...missedLine(report.targets),
  ];
}

/** So that nobody has to look for the word among thirty lines. */
function missedLine(targets: readonly Target[]): string[] {
  if (targets.length === 0) return [];
  const missed = targets.filter(({ reached }) => !reached).length;
  const counted = missed === 0 ? 'none was missed' : `${missed} ${missed === 1 ? 'was' : 'were'} MISSED`;
  return [`Of ${targets.length} targets ${counted}.`];
}

function shown(value: number): string {
  return value.toFixed(Math.abs(value) < 100 ? 1 : 0);
}

/** Columns padded to their widest cell; numbers to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < 2 || column === 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
