import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { git } from '../../support/git-repo.ts';
import { ada, contentAt, gitError, type Open, onEveryTransport } from './contract.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** What every adapter must do when it writes. */
export function writingContract(open: Open): void {
  onEveryTransport(open, (world) => {
    test('commits on top of a revision and moves the remote branch to it', async () => {
      world().publish({
        'tenants/acme/tenant.yaml': 'old\n',
        'tenants/acme/gone.yaml': 'x\n',
        'z.yaml': 'z\n',
      });
      const repository = await world().open();
      const parent = await repository.fetch();
      const commit = await repository.commit({
        parent,
        changes: {
          'tenants/acme/tenant.yaml': bytes('new\r\n'),
          'tenants/acme/gone.yaml': null,
          'tenants/acme/never-there.yaml': null,
          'tenants/fresh/prompts/größe.yaml': bytes('☃'),
        },
        message: 'Change acme\n\nBecause.',
        author: ada,
        committer: { name: 'Tenantry <x>\n', email: 'tenantry@example.com' },
      });
      expect(world().head()).toBe(parent);
      await repository.push(commit, parent);
      expect(world().head()).toBe(commit);
      git(world().bare, ['fsck', '--strict', '--no-dangling']);
      const paths = git(world().bare, [
        '-c',
        'core.quotePath=false',
        'ls-tree',
        '-r',
        '--name-only',
        commit,
      ]).split('\n');
      const expected = [
        'README.md',
        'tenants/acme/tenant.yaml',
        'tenants/fresh/prompts/größe.yaml',
        'z.yaml',
      ];
      expect(paths.toSorted()).toEqual(expected.toSorted());
      expect(git(world().bare, ['show', '-s', '--format=%P|%an <%ae>|%cn <%ce>|%B', commit])).toBe(
        `${parent}|Ada <ada@example.com>|Tenantry x <tenantry@example.com>|Change acme\n\nBecause.`,
      );
      expect(await repository.fetch()).toBe(commit);
      expect(await contentAt(repository, commit, 'tenants/acme/tenant.yaml')).toEqual(bytes('new\r\n'));
    });

    test('takes a folder away with its last file, and lets a file follow on a folder', async () => {
      world().publish({ 'a/b/only.yaml': '1\n' });
      const repository = await world().open();
      const parent = await repository.fetch();
      const edit = { parent, message: 'm', author: ada, committer: ada };
      const without = await repository.commit({ ...edit, changes: { 'a/b/only.yaml': null } });
      expect((await repository.tree(without)).map((entry) => entry.path)).toEqual(['README.md']);
      const swapped = await repository.commit({
        ...edit,
        changes: { 'a/b/only.yaml': null, a: bytes('file') },
      });
      expect(await contentAt(repository, swapped, 'a')).toEqual(bytes('file'));
    });

    test('keeps an executable file executable when its content changes', async () => {
      world().work.commit({ 'run.sh': '1\n' });
      chmodSync(join(world().work.dir, 'run.sh'), 0o755);
      const parent = world().publish({});
      const repository = await world().open();
      await repository.fetch();
      const changes = { 'run.sh': bytes('2\n'), 'README.md': bytes('new\n') };
      const commit = await repository.commit({ parent, changes, message: 'm', author: ada, committer: ada });
      await repository.push(commit, parent);
      expect(git(world().bare, ['ls-tree', commit, 'run.sh'])).toMatch(/^100755 /);
      expect(git(world().bare, ['ls-tree', commit, 'README.md'])).toMatch(/^100644 /);
      expect(git(world().bare, ['show', `${commit}:run.sh`])).toBe('2');
    });

    test('makes the first commit of a repository', async () => {
      git(world().bare, ['update-ref', '-d', 'refs/heads/main']);
      const repository = await world().open();
      const changes = { 'tenantry.yaml': bytes('kind: Platform\n') };
      const commit = await repository.commit({
        parent: null,
        changes,
        message: 'Start',
        author: ada,
        committer: ada,
      });
      await repository.push(commit, null);
      expect(world().head()).toBe(commit);
      expect(git(world().bare, ['rev-list', '--count', 'main'])).toBe('1');
    });

    test('pushes nothing over a branch that has moved', async () => {
      const repository = await world().open();
      const parent = await repository.fetch();
      const edit = {
        parent,
        changes: { 'a.yaml': bytes('mine') },
        message: 'm',
        author: ada,
        committer: ada,
      };
      const commit = await repository.commit(edit);
      const theirs = world().publish({ 'a.yaml': 'theirs' });
      const error = await gitError(repository.push(commit, parent));
      expect(error).toMatchObject({ code: 'git/moved', retry: 'never' });
      expect(world().head()).toBe(theirs);
      expect((await gitError(repository.push(commit, null))).code).toBe('git/moved');
      expect(world().head()).toBe(theirs);
    });

    test('lets one of two pushes that start together win', async () => {
      const repository = await world().open();
      const parent = await repository.fetch();
      const made = await Promise.all(
        ['one', 'two', 'three'].map((name) =>
          repository.commit({
            parent,
            changes: { [name]: bytes(name) },
            message: name,
            author: ada,
            committer: ada,
          }),
        ),
      );
      const results = await Promise.allSettled(made.map((commit) => repository.push(commit, parent)));
      const won = made.filter((_, index) => results[index]?.status === 'fulfilled');
      expect(won).toEqual([world().head()]);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'git/moved' });
      }
    });

    test('takes a push that has happened already for done', async () => {
      const repository = await world().open();
      const parent = await repository.fetch();
      const edit = { parent, changes: { 'a.yaml': bytes('1') }, message: 'm', author: ada, committer: ada };
      const commit = await repository.commit(edit);
      await repository.push(commit, parent);
      await repository.push(commit, parent);
      expect(world().head()).toBe(commit);
    });

    test('publishes a commit as a new branch, leaves the followed one, and never moves one that is there', async () => {
      const repository = await world().open();
      const parent = await repository.fetch();
      const edit = { parent, message: 'm', author: ada, committer: ada };
      const commit = await repository.commit({ ...edit, changes: { 'a.yaml': bytes('1') } });
      await repository.publish(commit, 'proposals/one');
      expect(git(world().bare, ['rev-parse', 'refs/heads/proposals/one'])).toBe(commit);
      expect(world().head()).toBe(parent);
      const other = await repository.commit({ ...edit, changes: { 'a.yaml': bytes('2') } });
      expect((await gitError(repository.publish(other, 'proposals/one'))).code).toBe('git/moved');
      expect((await gitError(repository.publish(other, '../main'))).code).toBe('git/refused-name');
      expect(git(world().bare, ['rev-parse', 'refs/heads/proposals/one'])).toBe(commit);
    });

    test('refuses to push a commit that would take others away', async () => {
      const first = world().head();
      const second = world().publish({ 'a.yaml': '1\n' });
      const repository = await world().open();
      await repository.fetch();
      expect((await gitError(repository.push(first, second))).code).toBe('git/rejected');
      expect(world().head()).toBe(second);
    });

    describe('refuses to commit', () => {
      test.each(['../escape', '/etc/passwd', '.git/config', 'a/.GIT/x', 'a//b', 'a/./b', 'a\nb', 'a\0b', ''])(
        'the path %j',
        async (path) => {
          const repository = await world().open();
          const parent = await repository.fetch();
          const edit = { parent, changes: { [path]: bytes('x') }, message: 'm', author: ada, committer: ada };
          expect((await gitError(repository.commit(edit))).code).toBe('git/unsafe-path');
        },
      );

      test('a file over 1 MiB, a twin in case, and a file that is a folder', async () => {
        const repository = await world().open();
        const parent = await repository.fetch();
        const edit = { parent, message: 'm', author: ada, committer: ada };
        const large = { ...edit, changes: { 'big.bin': Buffer.alloc(1024 * 1024 + 1) } };
        expect((await gitError(repository.commit(large))).code).toBe('git/unsafe-tree');
        const twin = { ...edit, changes: { 'readme.MD': bytes('x') } };
        expect((await gitError(repository.commit(twin))).code).toBe('git/unsafe-tree');
        const folder = { ...edit, changes: { 'README.md/x': bytes('x') } };
        expect((await gitError(repository.commit(folder))).code).toBe('git/unsafe-path');
      });
    });
  });
}
