import { parseArgs } from 'node:util';
import { readOptions } from '../campaign/options.ts';
import { bugNamed, bugs } from './all.ts';
import { blindPoints, foundBlindly } from './blind.ts';
import type { Bug } from './bug.ts';
import { BugLab, type Finding } from './lab.ts';

/** How many are examined side by side; each has two worlds. */
const sideBySide = 2;

export interface BugOptions {
  readonly bugs: readonly Bug[];
  /** At how many points that were not chosen for it each is looked for, too. */
  readonly blind: number;
  readonly seed: number | null;
}

/** What follows `--bugs`. @throws Error with one sentence for a wrong argument */
export function readBugOptions(args: readonly string[]): BugOptions {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { blind: text, seed: text },
    allowPositionals: true,
  });
  const [blind = 0, seed = null] = [values.blind, values.seed].map((word) => {
    if (word !== undefined && !/^\d{1,9}$/.test(word))
      throw new Error(`--blind and --seed take whole numbers, not "${word}"`);
    return word === undefined ? undefined : Number(word);
  });
  const named = positionals.flatMap((names) => names.split(',')).map(bugNamed);
  return { bugs: named.length === 0 ? bugs : named, blind, seed };
}

/**
 * Examines bugs, prints a line for each and the count of those that were found.
 *
 * @returns whether every bug was caught by what it is known by, and the code without them raised no alarm
 */
export async function reportBugs({ bugs: chosen, blind, seed }: BugOptions): Promise<boolean> {
  const caught: string[] = [];
  let alarms = 0;
  const lab = await BugLab.open();
  try {
    await eachOf(chosen, async (bug) => {
      const finding = await lab.examine(bug);
      if (finding.caught && finding.reached) caught.push(bug.name);
      alarms += finding.alarms.length;
      for (const line of linesOf(bug, finding)) console.log(line);
    });
    console.log(`${caught.length} of ${chosen.length} bugs caught, ${alarms} false alarms`);
    if (blind > 0) await reportBlind(lab, chosen, blind, seed);
  } finally {
    await lab.close();
  }
  return caught.length === chosen.length && alarms === 0;
}

/** How many are found where nobody knew that they are: a rate, which no bug has to reach. */
async function reportBlind(
  lab: BugLab,
  chosen: readonly Bug[],
  count: number,
  seed: number | null,
): Promise<void> {
  const options = readOptions(seed === null ? [] : ['--seed', String(seed)]);
  if (options === null) throw new Error('no help was asked for');
  const points = await blindPoints(options, count);
  let found = 0;
  await eachOf(chosen, async (bug) => {
    const after = await foundBlindly(lab, bug, points);
    if (after !== null) found += 1;
    console.log(
      after === null ? `blindly missed ${bug.name}` : `blindly found ${bug.name} at point ${after}`,
    );
  });
  console.log(
    `${found} of ${chosen.length} bugs found by ${points.length} blind points; seed ${options.seed}`,
  );
}

async function eachOf(chosen: readonly Bug[], work: (bug: Bug) => Promise<void>): Promise<void> {
  const queue = [...chosen];
  const one = async (): Promise<void> => {
    for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) await work(bug);
  };
  await Promise.all(Array.from({ length: sideBySide }, one));
}

function linesOf(bug: Bug, { caught, complaints, alarms, reached }: Finding): string[] {
  const known = complaints.find((one) => bug.complaint.test(one));
  return [
    `${caught && reached ? 'caught' : 'MISSED'} ${bug.name} at ${placeOf(bug)}${known === undefined ? '' : `: ${known}`}`,
    ...(reached ? [] : ['  the fault did not happen']),
    ...(caught ? [] : [...new Set(complaints)].slice(0, 8).map((other) => `  it says: ${other}`)),
    ...alarms.map((alarm) => `  FALSE ALARM: ${alarm}`),
  ];
}

function placeOf({ caughtAt }: Bug): string {
  if ('probe' in caughtAt) return caughtAt.probe;
  const { workload, boundary, fault, mode = 'once' } = caughtAt;
  return `${workload} (${mode})${fault === null ? '' : ` ${boundary} '${fault.at}' ${fault.action}`}`;
}
