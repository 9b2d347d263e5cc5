import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Boundary, Fault } from '../boundary.ts';
import { isDiskKey } from '../disk/keys.ts';
import type { Mode, Point } from '../trial.ts';
import { workloadNamed, workloads } from '../workloads/all.ts';
import type { Workload } from '../workloads/workload.ts';

export const defaultSeed = 20_261_121;

export interface Part {
  readonly number: number;
  readonly of: number;
}

export interface CampaignOptions {
  readonly workloads: readonly Workload[];
  readonly modes: readonly Mode[];
  readonly boundaries: readonly Boundary['name'][];
  /** Only these, instead of those that are learnt. */
  readonly points: readonly Point[] | null;
  /** Only this fault (and the one after it), instead of all. */
  readonly fault: Fault | null;
  readonly then: Fault | null;
  /** Only this action, at every place. */
  readonly action: string | null;
  readonly seed: number;
  /** Pairs of faults for each workload. */
  readonly pairs: number;
  /** Only so many of all points, by the seed; null for all. */
  readonly sample: number | null;
  /** Only one of several parts, from 1; all parts together are all points. */
  readonly part: Part | null;
  readonly engine: 'double' | 'docker' | 'private';
  readonly jobs: number;
  /** Where the results go as JSON. */
  readonly json: string;
}

const boundaryNames = ['docker', 'git', 'disk'] as const;

export const usage = `Usage: npm run faults -- [options]

Tries what can go wrong at every call between the reconciler and the world, and judges what comes of it.

  --workload NAMES     some of: ${workloads.map(({ name }) => name).join(', ')} (default: all)
  --mode MODES         once, loop (default: both): a reconciler that is started for each change, or one that goes on
  --boundary NAMES     docker, git, disk, separated by commas (default: all; with --at the one that has such a place)
  --at KEY             one place, such as 'POST /containers/create#1'; with --workload and --action
  --action ACTION      what goes wrong there; without --at: this action at every place
  --then-at KEY        a second fault after the first, by calls counted from there; with --then-action
  --then-action ACTION
  --pairs N            pairs of faults for each workload, by the seed (default: 40)
  --sample N           only N of all points, by the seed; 0 tells how many there are
  --part K/N           only the K-th of N parts: on N machines, or one after the other, they are all of it
  --seed N             (default: ${defaultSeed})
  --engine KIND        double; docker: the engine that DOCKER_HOST names; private: a Docker Engine of its own, which
                       needs root (default: double)
  --jobs N             worlds side by side (default: twice the number of processors, for mostly they wait; on a real
                       engine always 1)
  --json FILE          where the results are written (default: a file in the system's temporary folder)
  --bugs [NAMES]       instead: puts bugs into the code, one at a time, and tells which the oracle finds; alone or
                       with names, separated by commas. Without any option that chooses points, this comes after them
  --blind N            with --bugs: each bug also at N points that were not chosen for it, by the seed
  --help               this text`;

/** @returns null when help was asked for. @throws Error with one sentence for a wrong argument */
export function readOptions(args: readonly string[]): CampaignOptions | null {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      workload: text,
      mode: text,
      boundary: text,
      at: text,
      action: text,
      'then-at': text,
      'then-action': text,
      pairs: text,
      sample: text,
      part: text,
      seed: text,
      engine: text,
      jobs: text,
      json: text,
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const { at, action, seed, pairs, jobs, engine } = values;
  const fault = faultOf('', at, action);
  const chosen = values.workload?.split(',').map(workloadNamed) ?? workloads;
  if (fault !== null && chosen.length !== 1)
    throw new Error('--at is a place of one workload: name it with --workload');
  const [kind = 'double'] = listOf<CampaignOptions['engine']>(
    '--engine',
    engine,
    ['double', 'docker', 'private'],
    ['double'],
  );
  return {
    workloads: chosen,
    modes: listOf('--mode', values.mode, ['once', 'loop'], fault === null ? ['once', 'loop'] : ['once']),
    boundaries: listOf(
      '--boundary',
      values.boundary,
      boundaryNames,
      at === undefined ? boundaryNames : [boundaryOf(at)],
    ),
    points: null,
    fault,
    then: faultOf('then-', values['then-at'], values['then-action']),
    action: fault === null ? (action ?? null) : null,
    seed: seed === undefined ? defaultSeed : wholeNumber('--seed', seed),
    pairs: pairs === undefined ? 40 : wholeNumber('--pairs', pairs),
    sample: values.sample === undefined ? null : wholeNumber('--sample', values.sample),
    part: values.part === undefined ? null : readPart(values.part),
    engine: kind,
    jobs:
      kind === 'double' ? Math.max(1, wholeNumber('--jobs', jobs ?? String(2 * availableParallelism()))) : 1,
    json: values.json ?? join(tmpdir(), 'tenantry-faults.json'),
  };
}

/** Where a key belongs: no call to an engine looks like one to Git, and neither like a verb of the disk. */
function boundaryOf(key: string): Boundary['name'] {
  if (isDiskKey(key)) return 'disk';
  return /git-(upload|receive)-pack/.test(key) ? 'git' : 'docker';
}

function faultOf(prefix: string, at: string | undefined, action: string | undefined): Fault | null {
  if (at === undefined) return null;
  if (action === undefined)
    throw new Error(`--${prefix}at needs --${prefix}action: what is to go wrong there`);
  return { at, action };
}

function listOf<T extends string>(
  option: string,
  given: string | undefined,
  known: readonly T[],
  usual: readonly T[],
): readonly T[] {
  if (given === undefined) return usual;
  return given.split(',').map((word) => {
    const found = known.find((one) => one === word);
    if (found === undefined) throw new Error(`${option} takes ${known.join(', ')}, not "${word}"`);
    return found;
  });
}

function readPart(text: string): Part {
  const [, number = 0, of = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (number < 1 || number > of) throw new Error(`--part takes 1/4 for the first of four, not "${text}"`);
  return { number, of };
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${option} takes a whole number, not "${text}"`);
  return Number(text);
}
