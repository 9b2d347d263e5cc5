import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isPreview } from '../../../web/edits/request.ts';
import { roleEdit } from '../../../web/edits/roles.ts';
import { git } from '../../support/git-repo.ts';
import { ada, type DeskWorld, deskWorld } from '../../support/web-desk.ts';

let world: DeskWorld;
beforeEach(async () => {
  world = await deskWorld();
});
afterEach(async () => world.close());

type Role = 'platform-admin' | 'operator' | 'viewer';
const give = (email: string, role: Role | null, base: string | null = null) =>
  roleEdit(world.desk)({ caller: ada, email, role, base, dryRun: false, propose: false });
const access = (): unknown =>
  (parse(world.text('tenantry.yaml')) as { spec: { access?: unknown } }).spec.access;
const messageOf = async (made: ReturnType<typeof give>): Promise<string> => {
  const answer = await made;
  if (isPreview(answer)) throw new Error('a preview');
  return git(world.bare, ['log', '-1', '--format=%B', answer.commit ?? '']);
};

test('a role is given by a commit that says who; the same again is nothing to do', async () => {
  const message = await messageOf(give('new@example.com', 'operator'));
  expect(message).toContain('new@example.com is now operator.');
  expect(message).toContain('Tenantry-Edit: access');
  expect(await give('new@example.com', 'operator')).toMatchObject({ commit: null });
});

test('a second role takes nothing from the first, nor from one that somebody else gave at the same time', async () => {
  const read = world.head();
  await give('x@example.com', 'viewer');
  const message = await messageOf(give('y@example.com', 'operator'));
  expect(message).not.toContain('no longer');
  await Promise.all([give('z@example.com', 'viewer'), give('w@example.com', 'platform-admin')]);
  expect(access()).toEqual({
    'platform-admin': ['ada@example.com', 'w@example.com'],
    operator: ['y@example.com'],
    viewer: ['x@example.com', 'z@example.com'],
  });
  // Whoever says that he means an older text is shown both.
  await expect(give('v@example.com', 'viewer', read)).rejects.toThrow(/tenantry.yaml/);
});

test('who administrates without Git saying so is written down with the first role; the last one cannot go', async () => {
  expect(await messageOf(give('x@example.com', 'viewer'))).toContain(
    'ada@example.com is now platform-admin.',
  );
  await expect(give('ADA@example.com', null)).rejects.toThrow(/Somebody has to be platform-admin/);
  await expect(give('ada@example.com', 'viewer')).rejects.toThrow(/Somebody has to be platform-admin/);
});

test('a role is moved whatever the case of the address, and taken away from every list', async () => {
  const text = world.text('tenantry.yaml');
  const lists =
    '  access: {platform-admin: [a@example.com], operator: [Op@Example.com], viewer: [op@example.com]}';
  world.meanwhile({ 'tenantry.yaml': text.replace(/^spec:$/m, `spec:\n${lists}`) });
  await world.branch.refresh();
  await give('op@example.com', 'viewer');
  expect(access()).toEqual({
    'platform-admin': ['a@example.com'],
    operator: [],
    viewer: ['op@example.com'],
  });
  await give('OP@example.com', null);
  expect(access()).toMatchObject({ viewer: [] });
});
