import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Accepted, Preview } from '../../../web/api/models/edit.ts';
import { type ApiWorld, apiWorld, ask } from '../../support/web-api.ts';
import { ada } from '../../support/web-desk.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
  world.callers.set('viewer', { ...ada, id: 'viewer', role: 'viewer' });
}, 240_000);
afterAll(async () => world.close());

const path = '/nodes/worker-1/approve';
const reason = 'both contracts ended';

test('a removal that a node holds is approved as somebody has read it, by a commit in his name', async () => {
  const nothing = await ask(world, 'POST', path, { remove: ['acme'], reason });
  expect(nothing).toMatchObject({ status: 409, body: { code: 'hold/other' } });
  const gone = world.head();
  const holds = [{ kind: 'mass-removal', tenants: ['acme', 'globex'], message: '2 of 3 would be removed' }];
  world.fleet.tellNode('worker-1', gone, true, { holds });
  const other = await ask(world, 'POST', path, { remove: ['acme'], reason });
  expect(other).toMatchObject({ status: 409, body: { code: 'hold/other' } });
  expect(JSON.stringify(other.body)).toContain('acme, globex');
  const body = { remove: ['globex', 'acme'], reason };
  expect((await ask(world, 'POST', path, body, 'viewer')).status).toBe(403);
  const seen = await ask<Preview>(world, 'POST', `${path}?dry-run=true`, body);
  expect(seen.status).toBe(200);
  expect(seen.body.files.map((file) => file.path)).toEqual(['tenantry.yaml']);
  expect(world.head()).toBe(gone);
  const made = await ask<Accepted>(world, 'POST', path, body);
  expect(made.status).toBe(202);
  expect(made.body.subject).toBe('worker-1: approve the removal of 2 tenants');
  const text = world.text('tenantry.yaml');
  for (const part of [gone, 'acme', 'globex', ada.person.email, reason]) expect(text).toContain(part);
});
