import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Accepted } from '../../../web/api/models/edit.ts';
import type { FileView } from '../../../web/api/models/tenant.ts';
import { git } from '../../support/git-repo.ts';
import { type ApiWorld, apiWorld, ask } from '../../support/web-api.ts';

const WRITERS = 50;
/** In full it takes many minutes (how many: test/README.md): of those who contest one field, all are refused once for each that wins. */
const full = process.env['WRITERS'] === 'full';
/** The last edit of each is the contested one. */
const EDITS = full ? 20 : 2;
/** Writers who contest one field. */
const RIVALS = full ? WRITERS : 10;
const acme = 'tenants/acme/tenant.yaml';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
}, 240_000);
afterAll(async () => world.close());

test(`INV-27: of 50 writers × ${EDITS} edits over HTTP none is lost and none is overwritten; who is late is told`, async () => {
  let conflicts = 0;
  /** Who made a commit, and what he had read of the field that his rivals write too. */
  const read = new Map<string, { readonly who: number; readonly value: string }>();
  const shared = (who: number): string => `SHARED${Math.floor(who / RIVALS)}`;
  const sharedIn = (text: string, who: number): string =>
    new RegExp(`${shared(who)}: (\\S+)`).exec(text)?.[1] ?? 'nothing';
  const once = async (who: number, edit: number): Promise<boolean> => {
    const { body: file } = await ask<FileView>(world, 'GET', '/tenants/acme/config');
    const set: Record<string, string> = { [`/spec/runtime/env/W${who}`]: `${edit}` };
    // Each has a field of his own; with his last edit he and his rivals write one, from what they have read.
    if (edit === EDITS - 1) set[`/spec/runtime/env/${shared(who)}`] = `w${who}`;
    const { status, body } = await ask<Accepted>(world, 'PATCH', '/tenants/acme/config', {
      base: file.base,
      set,
    });
    if (status === 202 && edit === EDITS - 1)
      read.set(body.commit ?? '', { who, value: sharedIn(file.text, who) });
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
  for (const [commit, { who, value }] of read)
    expect(sharedIn(git(world.bare, ['show', `${commit}^:${acme}`]), who)).toBe(value);
  expect(conflicts).toBeGreaterThan(0);
}, 3_600_000);

test('INV-27: of 12 writers who each put the whole text of one file none is overwritten; who is late is told', async () => {
  const writers = 12;
  const path = 'tenants/globex/prompts/lines.yaml';
  const lines = Array.from({ length: writers }, (_, who) => `    line ${who}: nobody\n\n\n`).join('');
  const head = 'apiVersion: tenantry.dev/v1\nkind: Prompt\nmetadata: {name: lines}\nspec:\n  text: |\n';
  const shared = '    shared: nobody\n\n\n';
  const route = '/tenants/globex/prompts/lines';
  const { body: begun } = await ask<FileView>(world, 'GET', '/tenants/globex/config');
  const first = { base: begun.base, text: head + shared + lines };
  expect((await ask(world, 'PUT', route, first)).status).toBe(202);
  const sharedIn = (text: string): string => /shared: (\S+)/.exec(text)?.[1] ?? 'nothing';
  /** What each had read of the line that all write, by his commit. */
  const read = new Map<string, string>();
  let conflicts = 0;
  const put = async (change: (text: string) => string): Promise<void> => {
    for (;;) {
      const { body: file } = await ask<FileView>(world, 'GET', route);
      const given = { base: file.base, text: change(file.text) };
      const { status, body } = await ask<Accepted>(world, 'PUT', route, given);
      if (status === 202) return void read.set(body.commit ?? '', sharedIn(file.text));
      expect(status).toBe(409);
      conflicts += 1;
    }
  };
  await Promise.all(
    Array.from({ length: writers }, async (_, who) => {
      await put((text) => text.replace(`line ${who}: nobody`, `line ${who}: w${who}`));
      await put((text) => text.replace(/shared: \S+/, `shared: w${who}`));
    }),
  );
  const final = world.text(path);
  for (let who = 0; who < writers; who++) expect(final).toContain(`line ${who}: w${who}\n`);
  expect(git(world.bare, ['rev-list', '--count', 'main', '--', path])).toBe(`${2 * writers + 1}`);
  const writes = [...read].filter(([commit, value]) => {
    const after = sharedIn(git(world.bare, ['show', `${commit}:${path}`]));
    const before = sharedIn(git(world.bare, ['show', `${commit}^:${path}`]));
    // Who changed his own line leaves the shared one as it was when his turn came.
    if (after === before) return false;
    expect(before).toBe(value);
    return true;
  });
  expect(writes).toHaveLength(writers);
  expect(conflicts).toBeGreaterThan(0);
}, 240_000);
