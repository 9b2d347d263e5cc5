import type { Point, Trial } from '../trial.ts';
import type { CampaignOptions } from './options.ts';
import { isPair } from './points.ts';

/** What came of one point. */
export interface PointResult {
  readonly point: Point;
  /** `held`; `broken`; `not reached`: the call was not made this time, so it could not fail. */
  readonly verdict: 'held' | 'broken' | 'not reached';
  readonly complaints: readonly string[];
  /** Complaints of a second try of what was broken; empty when it held then. */
  readonly again: readonly string[] | null;
  /** Calls around the point. */
  readonly history: readonly string[];
}

export function resultOf(trial: Trial, again: Trial | null): PointResult {
  const { point, complaints, reached } = trial;
  const verdict = complaints.length > 0 ? 'broken' : reached ? 'held' : 'not reached';
  return { point, verdict, complaints, again: again?.complaints ?? null, history: historyOf(trial) };
}

/** A point whose trial could not be carried through, in two worlds. */
export function failedTrial(point: Point, error: unknown): PointResult {
  const why = error instanceof Error ? error.message : String(error);
  const complaints = [`the trial could not be carried through: ${why}`];
  return { point, verdict: 'broken', complaints, again: complaints, history: [] };
}

/** The command that repeats a point. @param engine where it is not the double */
export function commandFor(
  { workload, mode, boundary, fault, then }: Point,
  engine: CampaignOptions['engine'] = 'double',
): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  return [
    'npm run faults -- --workload',
    workload,
    ...(mode === 'loop' ? ['--mode loop'] : []),
    ...(boundary === 'docker' ? [] : [`--boundary ${boundary}`]),
    ...(engine === 'double' ? [] : [`--engine ${engine}`]),
    ...(fault === null ? [] : [`--at ${quoted(fault.at)} --action ${fault.action}`]),
    ...(then === null ? [] : [`--then-at ${quoted(then.at)} --then-action ${then.action}`]),
  ].join(' ');
}

const before = 6;
const after = 14;

function historyOf({ calls }: Trial): string[] {
  const lines = calls.map(({ key, fault, status, reached }) => {
    const came = status === null ? (reached ? 'no answer' : 'not sent on') : `${status}`;
    return `${fault === null ? ' ' : '*'} ${key} → ${came}${fault === null ? '' : `   ${fault}`}`;
  });
  const at = calls.findIndex(({ fault }) => fault !== null);
  return at === -1 ? lines.slice(0, before + after) : lines.slice(Math.max(0, at - before), at + after);
}

/** How many points there are of each kind: `docker once 412, docker loop 230, docker pairs 40`. */
export function countsOf(points: readonly Point[]): string {
  const kinds = Map.groupBy(points, (point) => `${point.boundary} ${isPair(point) ? 'pairs' : point.mode}`);
  return [...kinds].map(([kind, of]) => `${kind} ${of.length}`).join(', ');
}

/** Points tried and broken, of one workload and one action. */
export interface Cell {
  readonly workload: string;
  readonly action: string;
  readonly tried: number;
  readonly broken: number;
}

export function cellsOf(results: readonly PointResult[]): Cell[] {
  const tried = results.filter(({ verdict }) => verdict !== 'not reached');
  const groups = Map.groupBy(tried, ({ point }) => `${point.workload} ${actionOf(point)}`);
  return [...groups].map(([key, of]) => {
    const [workload = '', action = ''] = key.split(' ');
    return { workload, action, tried: of.length, broken: of.filter(isBroken).length };
  });
}

function actionOf(point: Point): string {
  const { fault, mode, boundary } = point;
  const what = isPair(point) ? 'pair' : (fault?.action ?? 'none');
  const where = boundary === 'docker' ? '' : `${boundary}:`;
  return `${where}${what}${mode === 'loop' && !isPair(point) ? '@loop' : ''}`;
}

export function isBroken({ verdict }: PointResult): boolean {
  return verdict === 'broken';
}
