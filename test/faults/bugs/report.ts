import { bugNamed, bugs } from './all.ts';
import type { Bug } from './bug.ts';
import { BugLab, type Finding } from './lab.ts';

/** How many are examined side by side; each has two worlds. */
const sideBySide = 2;

/**
 * Examines bugs, prints a line for each and the count of those that were found.
 *
 * @param names separated by commas; null for all
 * @returns whether every bug was caught, and the code without them raised no alarm
 */
export async function reportBugs(names: string | null): Promise<boolean> {
  const chosen = names === null ? bugs : names.split(',').map(bugNamed);
  const queue = [...chosen];
  const caught: string[] = [];
  let alarms = 0;
  const lab = await BugLab.open();
  const work = async (): Promise<void> => {
    for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) {
      const finding = await lab.examine(bug);
      if (finding.complaints.length > 0) caught.push(bug.name);
      alarms += finding.alarms.length;
      for (const line of linesOf(bug, finding)) console.log(line);
    }
  };
  try {
    await Promise.all(Array.from({ length: sideBySide }, work));
  } finally {
    await lab.close();
  }
  console.log(`${caught.length} of ${chosen.length} bugs caught, ${alarms} false alarms`);
  return caught.length === chosen.length && alarms === 0;
}

function linesOf(bug: Bug, { complaints, alarms, reached }: Finding): string[] {
  const [first] = complaints;
  return [
    `${first === undefined ? 'MISSED' : 'caught'} ${bug.name} at ${placeOf(bug)}${first === undefined ? '' : `: ${first}`}`,
    ...(reached ? [] : ['  the fault did not happen']),
    ...alarms.map((alarm) => `  FALSE ALARM: ${alarm}`),
  ];
}

function placeOf({ caughtAt }: Bug): string {
  if ('probe' in caughtAt) return caughtAt.probe;
  const { workload, boundary, fault, mode = 'once' } = caughtAt;
  return `${workload} (${mode})${fault === null ? '' : ` ${boundary} '${fault.at}' ${fault.action}`}`;
}
