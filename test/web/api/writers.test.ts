import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Accepted } from '../../../web/api/models/edit.ts';
import type { FileView } from '../../../web/api/models/tenant.ts';
import { git } from '../../support/git-repo.ts';
import { type ApiWorld, apiWorld, ask } from '../../support/web-api.ts';

const WRITERS = 50;
const EDITS = 20;
const acme = 'tenants/acme/tenant.yaml';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
}, 240_000);
afterAll(async () => world.close());

test('INV-27: of 50 writers × 20 edits over HTTP none is lost and none is overwritten; who is late is told', async () => {
  let conflicts = 0;
  const writer = async (who: number): Promise<void> => {
    for (let edit = 0; edit < EDITS; edit++) {
      // Each has a field of his own, and all write one that they share, from what they have read.
      for (;;) {
        const { body: file } = await ask<FileView>(world, 'GET', '/tenants/acme/config');
        const shared = Number(/COUNTER: "?(\d+)"?/.exec(file.text)?.[1] ?? '0');
        const set = {
          [`/spec/runtime/env/W${who}`]: `${edit}`,
          '/spec/runtime/env/COUNTER': `${shared + 1}`,
        };
        const contended = edit === EDITS - 1;
        const { status } = await ask<Accepted>(world, 'PATCH', '/tenants/acme/config', {
          base: file.base,
          set: contended ? set : { [`/spec/runtime/env/W${who}`]: `${edit}` },
        });
        if (status === 202) break;
        expect(status).toBe(409);
        conflicts += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, who) => writer(who)));
  const env = world.branch.desired()?.tenants['acme']?.desired?.env ?? {};
  for (let who = 0; who < WRITERS; who++) expect(env[`W${who}`]).toBe(`${EDITS - 1}`);
  // Every writer has counted once, from the number that was there: one that was overwritten would be missing.
  expect(env['COUNTER']).toBe(`${WRITERS}`);
  expect(conflicts).toBeGreaterThan(0);
  expect(git(world.bare, ['rev-list', '--count', 'main', '--', acme])).toBe(`${WRITERS * EDITS + 1}`);
}, 600_000);
