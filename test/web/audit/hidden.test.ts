import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiWorld, apiWorld, ask } from '../../support/web-api.ts';
import { ada } from '../../support/web-desk.ts';

let world: ApiWorld;
let foreign: string;

beforeAll(async () => {
  world = await apiWorld();
  world.callers.set('owner', {
    ...ada,
    id: 'owner',
    person: { name: 'Owen', email: 'owner@acme.example' },
    role: 'tenant-owner',
    tenants: new Set(['acme']),
    owns: new Set(['acme']),
  });
  const made = await ask<{ commit: string }>(world, 'POST', '/tenants/globex/runtime/stop', {});
  foreign = made.body.commit;
}, 120_000);
afterAll(() => world.close());

/** What the audit keeps of an owner's question. */
async function keptOf(path: string): Promise<{ readonly status: number; readonly kept: unknown[] }> {
  const before = world.audit.length;
  const { status } = await ask(world, 'GET', path, undefined, 'owner');
  return { status, kept: world.audit.slice(before) };
}

test('an owner who asks for what is another’s is told that it is not there, and the audit keeps it', async () => {
  const who = 'owner@acme.example';
  for (const [path, action, target] of [
    ['/files?path=tenants/globex/tenant.yaml', 'files', 'tenants/globex/tenant.yaml'],
    ['/files?path=tenantry.yaml', 'files', 'tenantry.yaml'],
    [`/commits/${foreign}`, 'history', `/v1/commits/${foreign}`],
    ['/history?tenant=globex', 'history', '/v1/history'],
  ] as const) {
    const reason = expect.stringMatching(/\/unknown: /);
    const kept = [expect.objectContaining({ who, action, target, outcome: 'refused', reason })];
    expect(await keptOf(path), path).toEqual({ status: 404, kept });
  }
});

test('what is his and not there is no refusal, nor what somebody asks for who sees all', async () => {
  expect(await keptOf('/files?path=tenants/acme/prompts/none.yaml')).toEqual({ status: 404, kept: [] });
  const before = world.audit.length;
  expect((await ask(world, 'GET', `/commits/${'0'.repeat(40)}`)).status).toBe(404);
  expect((await ask(world, 'GET', `/commits/${foreign}`)).status).toBe(200);
  expect(world.audit.length).toBe(before);
});
