import { expect, test } from 'vitest';
import { planFor } from '../../support/page-server/plan.ts';
import { apiWorld } from '../../support/web-api.ts';

test('a plan that is written down after its commit was told of is told of as well', async () => {
  const world = await apiWorld();
  try {
    const commit = world.head();
    const told: string[] = [];
    const stop = world.tracker.onProgress((oid) => told.push(oid));
    await world.tracker.keepPlan(commit, planFor('tenants/acme/tenant.yaml', 'acme'));
    stop();
    expect(told).toEqual([commit]);
  } finally {
    await world.close();
  }
});
