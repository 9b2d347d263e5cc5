import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseAssignment, setFields } from '../../../desired-state/write/set-fields.ts';
import { isPreview } from '../../../web/edits/request.ts';
import { git } from '../../support/git-repo.ts';
import { ada, type DeskWorld, deskWorld } from '../../support/web-desk.ts';

let world: DeskWorld;
beforeEach(async () => {
  world = await deskWorld();
});
afterEach(async () => world.close());

const acme = 'tenants/acme/tenant.yaml';

test('INV-27: of writers who edit one file at once, with others pushing beside them, none is lost', async () => {
  const edit = async (name: string) => {
    const answer = await world.desk.edit({
      caller: ada,
      base: null,
      tenants: ['acme'],
      build: (source) => setFields(source, 'acme', [parseAssignment(`runtime.env.${name}=1`)]),
      merge: 'fields',
      query: {},
    });
    if (isPreview(answer)) throw new Error('a preview');
    return answer.commit;
  };
  const edits = Array.from({ length: 40 }, (_, index) => edit(`W${index}`));
  world.meanwhile({ 'README.md': 'beside\n' });
  const commits = await Promise.all(edits);
  expect(new Set(commits).size).toBe(40);
  const env = world.branch.desired()?.tenants['acme']?.desired?.env ?? {};
  for (let index = 0; index < 40; index++) expect(env[`W${index}`]).toBe('1');
  expect(world.text('README.md')).toBe('beside\n');
  expect(git(world.bare, ['rev-list', '--count', 'main', '--', acme])).toBe('41');
  // What we write without git's help is what git takes for sound.
  expect(git(world.bare, ['fsck', '--strict', '--no-dangling'])).toBe('');
});

test('one that is refused by the remote holds no other that was pushed with it', async () => {
  git(world.bare, ['config', 'core.hooksPath', 'hooks']);
  const { writeFileSync, chmodSync } = await import('node:fs');
  const hook = `${world.bare}/hooks/update`;
  writeFileSync(
    hook,
    '#!/bin/sh\nif git rev-list "$2..$3" | xargs -n1 git log -1 --format=%s | grep -q BAD; then exit 1; fi\n',
  );
  chmodSync(hook, 0o755);
  const edit = (name: string) =>
    world.desk.edit({
      caller: ada,
      base: null,
      tenants: ['acme'],
      build: (source) => setFields(source, 'acme', [parseAssignment(`runtime.env.${name}=1`)]),
      merge: 'fields',
      query: {},
    });
  const results = await Promise.allSettled([edit('A'), edit('BAD'), edit('C')]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: { code: 'git/rejected' } });
  const env = world.branch.desired()?.tenants['acme']?.desired?.env ?? {};
  expect([env['A'], env['BAD'], env['C']]).toEqual(['1', undefined, '1']);
});
