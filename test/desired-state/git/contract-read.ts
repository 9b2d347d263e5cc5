import { chmodSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { git } from '../../support/git-repo.ts';
import { contentAt, gitError, type Open, onEveryTransport } from './contract.ts';

/** What every adapter must do when it reads. */
export function readingContract(open: Open): void {
  onEveryTransport(open, (world) => {
    describe('fetch', () => {
      test('answers the commit of the branch, and the newer one after a push', async () => {
        const repository = await world().open();
        expect(await repository.fetch()).toBe(world().head());
        const next = world().publish({ 'a.yaml': 'a: 1\n' });
        expect(await repository.fetch()).toBe(next);
        expect(await repository.fetch()).toBe(next);
      });

      test('brings a branch that was rewritten, and still reads what was there before', async () => {
        const { work } = world();
        const old = world().publish({ 'a.yaml': 'old\n' });
        const repository = await world().open();
        await repository.fetch();
        work.git('reset', '--quiet', '--hard', 'HEAD~1');
        const rewritten = world().publish({ 'a.yaml': 'new\n' });
        expect(await repository.fetch()).toBe(rewritten);
        expect(await repository.isAncestor(old, rewritten)).toBe(false);
        expect(await contentAt(repository, old, 'a.yaml')).toEqual(Buffer.from('old\n'));
      });

      test('says that the branch is not there', async () => {
        const error = await gitError((await world().open({ branch: 'absent' })).fetch());
        expect(error).toMatchObject({ code: 'git/no-branch', retry: 'backoff' });
        expect(error.message).toContain('absent');
      });

      test('says that an empty repository has no such branch', async () => {
        git(world().bare, ['update-ref', '-d', 'refs/heads/main']);
        expect((await gitError((await world().open()).fetch())).code).toBe('git/no-branch');
      });

      test('says that the repository is not there', async () => {
        const { url } = world().options();
        const error = await gitError(
          (await world().open({ url: url.replace('state.git', 'none.git') })).fetch(),
        );
        expect(error).toMatchObject({ code: 'git/unreachable', retry: 'backoff' });
      });

      test('reads a branch whose name has a slash and is packed in the remote', async () => {
        const { work, bare } = world();
        work.git('push', '--quiet', bare, 'HEAD:refs/heads/release/2026');
        git(bare, ['pack-refs', '--all']);
        expect(await (await world().open({ branch: 'release/2026' })).fetch()).toBe(work.revision());
      });
    });

    describe('tree and blobs', () => {
      test('lists every file of a revision by its full path, and answers each content to the byte', async () => {
        const binary = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
        const files = {
          'README.md': '# fixture\n',
          'empty.txt': '',
          'crlf.txt': 'one\r\ntwo\r\n',
          'no-newline.txt': 'end',
          'looks-like-a-header.txt': `${'0'.repeat(40)} missing\n${'1'.repeat(40)} blob 3\nabc\n`,
          'tenants/acme/tenant.yaml': 'kind: Tenant\n',
          'tenants/acme/prompts/größe ☃.yaml': 'umlaut\n',
          'bin/blob.bin': binary,
        };
        const commit = world().publish(files);
        const repository = await world().open();
        await repository.fetch();
        const tree = await repository.tree(commit);
        expect(tree.map((entry) => entry.path).toSorted()).toEqual(Object.keys(files).toSorted());
        const blobs = await repository.blobs(tree.map((entry) => entry.oid));
        for (const { path, oid } of tree) {
          const want = Object.entries(files).find(([name]) => name === path)?.[1] ?? 'absent';
          expect(Buffer.from(blobs.get(oid) ?? []), path).toEqual(Buffer.from(want));
        }
      });

      test('answers an id that is asked for twice once, and nothing for nothing', async () => {
        const repository = await world().open();
        const [entry] = await repository.tree(await repository.fetch());
        const oid = entry?.oid ?? '';
        expect([...(await repository.blobs([oid, oid])).keys()]).toEqual([oid]);
        expect((await repository.blobs([])).size).toBe(0);
      });

      test('lists an executable file like any other', async () => {
        world().work.commit({ 'run.sh': '#!/bin/sh\n' });
        chmodSync(join(world().work.dir, 'run.sh'), 0o755);
        const commit = world().publish({});
        expect(world().work.git('ls-tree', commit, 'run.sh')).toContain('100755');
        const repository = await world().open();
        await repository.fetch();
        expect((await repository.tree(commit)).map((entry) => entry.path)).toContain('run.sh');
      });

      test('says how two revisions differ, so that the one and the changes make the other', async () => {
        const steps = [
          {
            'tenants/acme/tenant.yaml': '1',
            'tenants/globex/tenant.yaml': '1',
            'nodes/w.yaml': '1',
            plain: '1',
          },
          { 'tenants/acme/tenant.yaml': '2', 'tenants/acme/skills/a.yaml': '1' },
          { 'tenants/globex/tenant.yaml': null, 'tenants/initech/tenant.yaml': '1', 'nodes/v.yaml': '1' },
          { plain: null, 'plain/now-a-folder.txt': '1', 'nodes/v.yaml': null },
          {},
        ];
        const commits = steps.map((files) => world().publish(files));
        const repository = await world().open();
        await repository.fetch();
        const filesAt = async (commit: string) =>
          new Map((await repository.tree(commit)).map(({ path, oid }) => [path, oid]));
        for (const from of commits) {
          for (const to of commits) {
            const changes = await repository.changes(from, to);
            const files = await filesAt(from);
            for (const { path, before, after } of changes ?? []) {
              expect(files.get(path) ?? null).toBe(before);
              if (after === null) files.delete(path);
              else files.set(path, after);
            }
            expect(files).toEqual(await filesAt(to));
          }
        }
      });

      test('does not say how a revision differs that holds something out of the ordinary', async () => {
        const { work } = world();
        const sound = world().publish({ 'tenants/acme/tenant.yaml': '1' });
        const blob = git(work.dir, ['hash-object', '-w', '--stdin'], 'x');
        const unusual: string[] = [];
        for (const entry of [
          `120000,${blob},tenants/link`,
          `160000,${work.revision()},vendored`,
          `100644,${blob},tenants/Acme/tenant.yaml`,
          `100644,${blob},tenants/größe.yaml`,
        ]) {
          work.git('reset', '--quiet', '--hard', sound);
          work.git('update-index', '--add', '--cacheinfo', entry);
          work.git('commit', '--quiet', '--message', 'unusual');
          unusual.push(work.revision());
          work.git('push', '--quiet', world().bare, `HEAD:refs/heads/unusual-${unusual.length}`);
        }
        work.git('push', '--quiet', '--force', world().bare, `${unusual.at(-1)}:refs/heads/main`);
        const repository = await world().open();
        await repository.fetch();
        for (const [index, commit] of unusual.entries()) {
          expect(await repository.resolve(`unusual-${index + 1}`)).toBe(commit);
          expect(await repository.changes(sound, commit)).toBeNull();
        }
        expect(await repository.changes('1'.repeat(40), sound)).toBeNull();
      });

      test('says that a blob is not there', async () => {
        const repository = await world().open();
        await repository.fetch();
        const error = await gitError(repository.blobs(['1'.repeat(40)]));
        expect(error).toMatchObject({ code: 'git/missing', retry: 'backoff' });
        expect(error.message).toContain('1'.repeat(40));
      });

      test('refuses a name where a full id is wanted', async () => {
        const repository = await world().open();
        await repository.fetch();
        expect((await gitError(repository.tree('main'))).code).toBe('git/refused-name');
        expect((await gitError(repository.tree('--help'))).code).toBe('git/refused-name');
        expect((await gitError(repository.blobs(['HEAD:README.md']))).code).toBe('git/refused-name');
      });

      test('refuses links, submodules and names that differ in case only, and lists all of them', async () => {
        const { work } = world();
        const blob = git(work.dir, ['hash-object', '-w', '--stdin'], 'x');
        for (const entry of [
          `120000,${blob},tenants/link`,
          `160000,${work.revision()},vendored`,
          `100644,${blob},tenants/Acme/tenant.yaml`,
          `100644,${blob},tenants/acme/tenant.yaml`,
        ]) {
          work.git('update-index', '--add', '--cacheinfo', entry);
        }
        work.git('commit', '--quiet', '--message', 'unsafe');
        work.git('push', '--quiet', world().bare, 'HEAD:refs/heads/main');
        const repository = await world().open();
        const error = await gitError(repository.tree(await repository.fetch()));
        expect(error).toMatchObject({ code: 'git/unsafe-tree', retry: 'never' });
        const paths = error.offences.map((offence) => offence.path).toSorted();
        expect(paths).toEqual(['tenants/acme', 'tenants/link', 'vendored']);
        for (const { path, why } of error.offences) expect(error.message).toContain(`${path} ${why}`);
      });

      test('refuses a file over 1 MiB and takes one of exactly 1 MiB', async () => {
        const repository = await world().open();
        world().publish({ 'full.bin': Buffer.alloc(1024 * 1024, 1) });
        expect(await contentAt(repository, await repository.fetch(), 'full.bin')).toHaveLength(1024 * 1024);
        const commit = world().publish({ 'over.bin': Buffer.alloc(1024 * 1024 + 1, 1) });
        await repository.fetch();
        const oid = world().work.git('rev-parse', `${commit}:over.bin`);
        expect(await gitError(repository.blobs([oid]))).toMatchObject({
          code: 'git/blob-too-large',
          retry: 'never',
        });
        const small = world().work.git('rev-parse', `${commit}:README.md`);
        expect((await repository.blobs([small])).get(small)).toEqual(Buffer.from('# fixture\n'));
      });
    });

    describe('history', () => {
      test('lists commits from newest to oldest, as many as were asked for', async () => {
        const first = world().head();
        const second = world().publish({ 'a.yaml': '1\n' }, 'second\n\nwith a body\nof two lines');
        const third = world().publish({ 'b.yaml': '2\n' }, 'third: ☃');
        const repository = await world().open();
        await repository.fetch();
        const commits = await repository.commits(third, { limit: 10 });
        expect(commits.map(({ oid, parents, message }) => ({ oid, parents, message }))).toEqual([
          { oid: third, parents: [second], message: 'third: ☃' },
          { oid: second, parents: [first], message: 'second\n\nwith a body\nof two lines' },
          { oid: first, parents: [], message: 'first' },
        ]);
        expect(commits[0]?.author).toEqual({ name: 'Ada', email: 'ada@example.com' });
        expect(commits[0]?.time).toBe(Number(world().work.git('show', '-s', '--format=%ct', third)) * 1000);
        expect(await repository.commits(third, { limit: 2 })).toEqual(commits.slice(0, 2));
        expect(await repository.commits(second, { limit: 10 })).toEqual(commits.slice(1));
      });

      test('lists only the commits that changed a file or a folder, deletions among them', async () => {
        const added = world().publish({ 'tenants/acme/tenant.yaml': '1\n' }, 'added');
        world().publish({ 'tenants/acme2/tenant.yaml': '1\n' }, 'other');
        const removed = world().publish({ 'tenants/acme/tenant.yaml': null }, 'removed');
        const head = world().publish({ 'x.yaml': '1\n' }, 'last');
        const repository = await world().open();
        await repository.fetch();
        for (const path of ['tenants/acme', 'tenants/acme/tenant.yaml']) {
          const found = await repository.commits(head, { limit: 10, path });
          expect(found.map((commit) => commit.oid)).toEqual([removed, added]);
        }
        const newest = await repository.commits(head, { limit: 1, path: 'tenants/acme' });
        expect(newest.map((commit) => commit.oid)).toEqual([removed]);
        expect(await repository.commits(head, { limit: 10, path: 'none' })).toEqual([]);
      });

      test('follows first parents through a merge, and knows the ancestors on both sides', async () => {
        const { work } = world();
        const base = world().head();
        work.git('checkout', '--quiet', '-b', 'side');
        const side = work.commit({ 'side.yaml': '1\n' }, 'side');
        work.git('checkout', '--quiet', 'main');
        const main = work.commit({ 'main.yaml': '1\n' }, 'main');
        work.git('merge', '--quiet', '--no-ff', '--no-edit', 'side');
        const merge = world().publish({}, 'after');
        const repository = await world().open();
        await repository.fetch();
        const oids = (await repository.commits(merge, { limit: 10 })).map((commit) => commit.oid);
        expect(oids).toEqual([merge, work.revision('HEAD~1'), main, base]);
        expect(await repository.isAncestor(side, merge)).toBe(true);
        expect(await repository.isAncestor(base, side)).toBe(true);
        expect(await repository.isAncestor(main, side)).toBe(false);
        expect(await repository.isAncestor(merge, merge)).toBe(true);
        expect(await repository.isAncestor(merge, base)).toBe(false);
        expect(await repository.isAncestor('1'.repeat(40), merge)).toBe(false);
      });

      test('finds a commit by prefix, branch or tag, and nothing else', async () => {
        const { work, bare } = world();
        const first = world().head();
        work.git('tag', '--annotate', '--message', 'one', 'v1', first);
        const second = world().publish({ 'a.yaml': '1\n' });
        work.git('push', '--quiet', bare, 'v1', 'HEAD:refs/heads/other/branch');
        const aside = work.commit({ 'aside.yaml': '1\n' });
        work.git('push', '--quiet', bare, 'HEAD:refs/heads/aside');
        const repository = await world().open();
        await repository.fetch();
        expect(await repository.resolve(first)).toBe(first);
        expect(await repository.resolve(first.slice(0, 8))).toBe(first);
        expect(await repository.resolve('main')).toBe(second);
        expect(await repository.resolve('v1')).toBe(first);
        expect(await repository.resolve('other/branch')).toBe(second);
        expect(await repository.resolve('aside')).toBe(aside);
        expect((await repository.tree(aside)).map((entry) => entry.path)).toContain('aside.yaml');
        for (const name of ['nothing', 'HEAD~1', '--all', '', 'deadbeef', `${first}:README.md`, '../x']) {
          expect(await repository.resolve(name), name).toBeNull();
        }
      });
    });

    test('reads again after close', async () => {
      const repository = await world().open();
      const head = await repository.fetch();
      await contentAt(repository, head, 'README.md');
      await repository.close();
      await repository.close();
      expect(await contentAt(repository, head, 'README.md')).toEqual(Buffer.from('# fixture\n'));
    });

    test('works on when its directory is deleted between calls', async () => {
      const repository = await world().open();
      const head = await repository.fetch();
      await rm(world().dir, { recursive: true });
      expect(await contentAt(repository, head, 'README.md')).toEqual(Buffer.from('# fixture\n'));
      await rm(join(world().dir, 'mirror.git'), { recursive: true, force: true });
      const next = world().publish({ 'a.yaml': '1\n' });
      expect(await repository.fetch()).toBe(next);
      expect(await repository.isAncestor(head, next)).toBe(true);
    });
  });
}
