import { afterEach, beforeEach, expect, test } from 'vitest';
import { isPreview } from '../../../web/edits/request.ts';
import { rolesEdit } from '../../../web/edits/roles.ts';
import { git } from '../../support/git-repo.ts';
import { ada, type DeskWorld, deskWorld } from '../../support/web-desk.ts';

let world: DeskWorld;
beforeEach(async () => {
  world = await deskWorld();
});
afterEach(async () => world.close());

test('roles are given and taken by a commit that says who; the same again is nothing to do', async () => {
  const give = rolesEdit(world.desk);
  const roles = { 'platform-admin': ['root@example.com'], operator: ['new@example.com'], viewer: [] };
  const request = { caller: ada, roles, base: null, dryRun: false, propose: false };
  const made = await give(request);
  if (isPreview(made)) throw new Error('a preview');
  expect(world.text('tenantry.yaml')).toContain('new@example.com');
  const message = git(world.bare, ['log', '-1', '--format=%B', made.commit ?? '']);
  expect(message).toContain('new@example.com is now operator.');
  expect(message).toContain('Tenantry-Edit: access');
  expect(await give(request)).toMatchObject({ commit: null });
});
