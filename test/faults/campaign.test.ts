import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CampaignResult, type Progress, runCampaign } from './campaign/campaign.ts';
import { type CampaignOptions, defaultSeed } from './campaign/options.ts';
import { brokenLines } from './campaign/progress.ts';
import { isBroken } from './campaign/results.ts';
import { workloadNamed, workloads } from './workloads/all.ts';

/** Another seed tries another slice: `FAULTS_SEED=7 npm test -- test/faults`. */
const seed = Number(process.env['FAULTS_SEED'] ?? defaultSeed);

const silent: Progress = { begin: () => {}, done: () => {}, broke: () => {}, end: () => {} };

function slice(parts: Partial<CampaignOptions>): Promise<CampaignResult> {
  console.log(`faults: seed ${seed}`);
  const options: CampaignOptions = {
    workloads,
    modes: ['once'],
    boundaries: ['docker'],
    fault: null,
    then: null,
    action: null,
    seed,
    pairs: 2,
    sample: null,
    engine: 'double',
    jobs: 2,
    json: join(tmpdir(), 'tenantry-faults.json'),
    ...parts,
  };
  return runCampaign(options, silent);
}

/** What broke, with the command that repeats it; empty when all held. */
function complaintsOf({ results, alarms }: CampaignResult): string[] {
  const unfounded = alarms.map(({ workload, complaints }) => `${workload}: ${complaints.join('; ')}`);
  return [...unfounded, ...results.filter(isBroken).map((result) => brokenLines(result).join('\n'))];
}

describe('whatever goes wrong between the reconciler and Docker', { timeout: 900_000 }, () => {
  test('INV-1 to INV-5, INV-20, INV-22: a slice of all calls and actions, on the engine double', async () => {
    const result = await slice({ sample: 60 });
    expect(complaintsOf(result)).toEqual([]);
    expect(result.results.filter(({ verdict }) => verdict === 'held').length).toBeGreaterThan(40);
  });

  test('INV-15: a reconciler that goes on, with events lost, repeated and out of order', async () => {
    const chosen = ['update', 'remove'].map(workloadNamed);
    const result = await slice({ workloads: chosen, modes: ['loop'], pairs: 0, sample: 10 });
    expect(complaintsOf(result)).toEqual([]);
    expect(result.results.some(({ verdict }) => verdict === 'held')).toBe(true);
  });

  test('the same on the real engine: a few points of a stop-first update', async () => {
    const chosen = ['update-stop-first'].map(workloadNamed);
    const result = await slice({ workloads: chosen, engine: 'docker', jobs: 1, pairs: 1, sample: 10 });
    expect(complaintsOf(result)).toEqual([]);
    expect(result.results.some(({ verdict }) => verdict === 'held')).toBe(true);
  });
});
