import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Accepted } from '../../../web/api/models/edit.ts';
import type { FileView } from '../../../web/api/models/tenant.ts';
import { git } from '../../support/git-repo.ts';
import { type ApiWorld, apiWorld, ask } from '../../support/web-api.ts';

const WRITERS = 50;
/** All 20 take minutes: `WRITERS_EDITS=20 npm test -- test/web/api/writers.test.ts`. */
const EDITS = Number(process.env['WRITERS_EDITS'] ?? 5);
const acme = 'tenants/acme/tenant.yaml';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
}, 240_000);
afterAll(async () => world.close());

test(`INV-27: of 50 writers × ${EDITS} edits over HTTP none is lost and none is overwritten; who is late is told`, async () => {
  let conflicts = 0;
  /** What each commit's writer had read of the field that all of them write. */
  const read = new Map<string, string>();
  const sharedIn = (text: string): string => /SHARED: (\S+)/.exec(text)?.[1] ?? 'nothing';
  const once = async (who: number, edit: number): Promise<boolean> => {
    const { body: file } = await ask<FileView>(world, 'GET', '/tenants/acme/config');
    const set: Record<string, string> = { [`/spec/runtime/env/W${who}`]: `${edit}` };
    // Each has a field of his own; with his last edit all write one that they share, from what they have read.
    if (edit === EDITS - 1) set['/spec/runtime/env/SHARED'] = `w${who}`;
    const { status, body } = await ask<Accepted>(world, 'PATCH', '/tenants/acme/config', {
      base: file.base,
      set,
    });
    if (status === 202 && edit === EDITS - 1) read.set(body.commit ?? '', sharedIn(file.text));
    if (status !== 202) expect(status).toBe(409);
    return status === 202;
  };
  const writer = async (who: number): Promise<void> => {
    for (let edit = 0; edit < EDITS; edit++) while (!(await once(who, edit))) conflicts += 1;
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, who) => writer(who)));
  const env = world.branch.desired()?.tenants['acme']?.desired?.env ?? {};
  for (let who = 0; who < WRITERS; who++) expect(env[`W${who}`]).toBe(`${EDITS - 1}`);
  expect(git(world.bare, ['rev-list', '--count', 'main', '--', acme])).toBe(`${WRITERS * EDITS + 1}`);
  expect(read.size).toBe(WRITERS);
  for (const [commit, value] of read)
    expect(sharedIn(git(world.bare, ['show', `${commit}^:${acme}`]))).toBe(value);
  expect(conflicts).toBeGreaterThan(0);
}, 900_000);
