import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Accepted, Preview } from '../../../web/api/models/edit.ts';
import type { PlanList } from '../../../web/api/models/platform.ts';
import { type ApiWorld, apiWorld, ask } from '../../support/web-api.ts';
import { ada } from '../../support/web-desk.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
  world.callers.set('viewer', { ...ada, id: 'viewer', role: 'viewer' });
  world.callers.set('operator', { ...ada, id: 'operator', role: 'operator' });
}, 240_000);
afterAll(async () => world.close());

test('a node is added by a commit after its plan, by an operator and by no viewer', async () => {
  const before = world.head();
  const body = { name: 'worker-7' };
  const seen = await ask<Preview>(world, 'POST', '/nodes/setup?dry-run=true', body, 'operator');
  expect(seen.status).toBe(200);
  expect(seen.body.files.map(({ path }) => path)).toEqual(['nodes/worker-7.yaml']);
  expect(seen.body.problems).toEqual([]);
  expect(world.head()).toBe(before);
  expect((await ask(world, 'POST', '/nodes/setup', body, 'viewer')).status).toBe(403);
  const made = await ask<Accepted>(world, 'POST', '/nodes/setup', body, 'operator');
  expect(made.status).toBe(202);
  expect(made.body.subject).toBe('worker-7: add the node');
  expect(world.text('nodes/worker-7.yaml')).toContain('kind: Node');
  expect((await ask(world, 'POST', '/nodes/setup', body)).status).toBe(422);
});

test('the plans of tenantry.yaml are there to choose from', async () => {
  const { status, body } = await ask<PlanList>(world, 'GET', '/plans', undefined, 'viewer');
  expect(status).toBe(200);
  expect(body.base).toBe(world.head());
  expect(body.items).toEqual([
    { name: 'free', memory: '256Mi', cpus: '0.25' },
    { name: 'pro', memory: '512Mi', cpus: '0.5' },
  ]);
});
