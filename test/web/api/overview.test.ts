import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Overview } from '../../../web/api/models/platform.ts';
import type { TenantDrift } from '../../../web/api/models/tenant.ts';
import { wireStatus } from '../../support/fleet-double.ts';
import { type ApiWorld, apiWorld } from '../../support/web-api.ts';

let world: ApiWorld;
beforeEach(async () => {
  world = await apiWorld();
});
afterEach(async () => world.close());

const ask = async <T>(path: string): Promise<T> => {
  const answer = await fetch(`${world.url}/v1${path}`, { headers: { 'x-caller': 'ada' } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
};

test('the overview shows fifty of what needs a person, and says how much there is', async () => {
  for (let index = 0; index < 60; index += 1)
    world.fleet.tell('worker-9', wireStatus(`t${index}`, { phase: 'Failed', since: index }));
  const { attention, waiting, away } = await ask<Overview>('/overview');
  expect([attention.length, waiting, away]).toEqual([50, 60, 60]);
});

test('a node that goes away is told with the overview, and is no more when it is back', async () => {
  world.fleet.tellNode('worker-1', world.head());
  world.fleet.tell('worker-1', wireStatus('acme'));
  expect(await ask<Overview>('/overview')).toMatchObject({ waiting: 0, away: 0 });
  world.fleet.tellNode('worker-1', world.head(), false);
  expect(await ask<Overview>('/overview')).toMatchObject({
    waiting: 1,
    away: 1,
    attention: [{ kind: 'away', node: 'worker-1' }],
  });
  world.fleet.tellNode('worker-1', world.head());
  expect(await ask<Overview>('/overview')).toMatchObject({ waiting: 0, away: 0 });
});

test('what a quiet node said long ago holds now while it is linked, and until it was last heard of when it is away', async () => {
  world.fleet.tell('worker-1', wireStatus('acme'), 1_000);
  world.fleet.tellNode('worker-1', world.head());
  expect((await ask<TenantDrift>('/tenants/acme/drift')).asOf).toBeNull();
  const before = Date.now();
  world.fleet.tellNode('worker-1', world.head(), false);
  expect((await ask<TenantDrift>('/tenants/acme/drift')).asOf).toBeGreaterThanOrEqual(before);
  expect(world.directory.get('acme')?.updatedAt).toBeGreaterThanOrEqual(before);
});
