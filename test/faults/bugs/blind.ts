import { runCampaign } from '../campaign/campaign.ts';
import type { CampaignOptions } from '../campaign/options.ts';
import { randomFrom, sample } from '../campaign/random.ts';
import type { Bug, BugPoint } from './bug.ts';
import type { BugLab } from './lab.ts';

/** Points of the campaign by the seed, that nobody chose for a bug: one of each workload and action, as far as they reach. */
export async function blindPoints(options: CampaignOptions, count: number): Promise<readonly BugPoint[]> {
  const silent = { begin: () => {}, done: () => {}, broke: () => {}, end: () => {} };
  const { points } = await runCampaign({ ...options, sample: 0, pairs: 0 }, silent);
  const traits = ({ workload, fault }: (typeof points)[number]): string[] => [workload, fault?.action ?? ''];
  const chosen = sample(points, count, randomFrom(options.seed), traits);
  return chosen.map(({ workload, boundary, mode, fault }) => ({ workload, boundary, mode, fault }));
}

/** How many of the points it took to find the bug; null when none of them did. */
export async function foundBlindly(
  lab: BugLab,
  bug: Bug,
  points: readonly BugPoint[],
): Promise<number | null> {
  for (const [index, place] of points.entries()) {
    if (await lab.isFoundAt(bug, place)) return index + 1;
  }
  return null;
}
