import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRepository } from '../../../desired-state/git/open.ts';
import { type FixtureRepository, git, makeRepository } from '../../support/git-repo.ts';
import { ada, contentAt, gitError } from './contract.ts';

describe('opening a repository', () => {
  let work: FixtureRepository;
  let dir: string;

  beforeEach(async () => {
    work = makeRepository();
    dir = await mkdtemp(join(tmpdir(), 'tenantry-mirror-'));
  });
  afterEach(async () => {
    work.remove();
    await rm(dir, { recursive: true, force: true });
  });

  const noGit = { PATH: '/nonexistent' };

  test('takes the git program where there is one', async () => {
    const repository = await openRepository({ url: work.bare(), branch: 'main', dir });
    const head = await repository.fetch();
    expect(git(join(dir, 'mirror.git'), ['rev-parse', 'refs/remotes/tenantry/main'])).toBe(head);
    await repository.close();
  });

  test('goes without the git program where there is none', async () => {
    const repository = await openRepository({ url: work.bare(), branch: 'main', dir, environment: noGit });
    const head = await repository.fetch();
    expect(await contentAt(repository, head, 'README.md')).toEqual(Buffer.from('# fixture\n'));
    await repository.close();
  });

  test('says that the git program is missing when it was asked for', async () => {
    const options = { url: work.dir, branch: 'main', dir, environment: noGit, adapter: 'binary' } as const;
    const error = await gitError(openRepository(options));
    expect(error).toMatchObject({ code: 'git/no-binary', retry: 'never' });
    expect(error.message).toContain('apt-get install git');
  });

  test.each(['ssh://git@host.example/r.git', 'git@host.example:r.git'])(
    'says that %s needs the git program',
    async (url) => {
      const error = await gitError(openRepository({ url, branch: 'main', dir, environment: noGit }));
      expect(error.code).toBe('git/refused-url');
      expect(error.message).toContain('apt-get install git');
    },
  );

  test.each(['', '-x', 'a b', 'a..b', 'a/.b', 'x.lock', '@{u}', 'a\n', 'HEAD:x', '/a', 'a/'])(
    'refuses %j as the name of a branch, with either adapter',
    async (branch) => {
      for (const adapter of ['binary', 'isomorphic'] as const) {
        const error = await gitError(openRepository({ url: work.dir, branch, dir, adapter }));
        expect(error.code).toBe('git/refused-name');
      }
    },
  );

  test('says which directory it cannot use', async () => {
    writeFileSync(join(dir, 'file'), '');
    for (const adapter of ['binary', 'isomorphic'] as const) {
      const url = adapter === 'binary' ? work.dir : 'http://127.0.0.1:9/r.git';
      const error = await gitError(
        openRepository({ url, branch: 'main', dir: join(dir, 'file/below'), adapter }),
      );
      expect(error).toMatchObject({ code: 'git/disk', retry: 'backoff' });
      expect(error.message).toContain(join(dir, 'file/below'));
    }
  });

  describe('without the git program', () => {
    const isomorphic = { branch: 'main', adapter: 'isomorphic' } as const;

    test('a work tree and a linked work tree are read like a bare repository', async () => {
      const linked = join(work.dir, '../linked');
      work.git('worktree', 'add', '--quiet', '-b', 'aside', linked);
      for (const url of [work.dir, join(work.dir, '.git'), linked]) {
        const repository = await openRepository({ ...isomorphic, url, dir });
        expect(await repository.fetch()).toBe(work.revision('main'));
      }
    });

    test('a branch that a work tree has checked out is not pushed to', async () => {
      const repository = await openRepository({ ...isomorphic, url: work.dir, dir });
      const parent = await repository.fetch();
      const edit = { parent, changes: { a: Buffer.from('a') }, message: 'm', author: ada, committer: ada };
      const error = await gitError(repository.push(await repository.commit(edit), parent));
      expect(error.code).toBe('git/rejected');
      expect(error.message).toContain('work tree');
      expect(work.revision('main')).toBe(parent);
    });

    test('a repository that borrows its objects is refused instead of misread', async () => {
      const borrowing = join(work.dir, '../borrowing.git');
      work.git('clone', '--quiet', '--bare', '--shared', work.dir, borrowing);
      const repository = await openRepository({ ...isomorphic, url: borrowing, dir });
      expect((await gitError(repository.fetch())).code).toBe('git/refused-url');
    });

    test('a lock that another git holds on the branch keeps a push away', async () => {
      const bare = work.bare();
      const repository = await openRepository({ ...isomorphic, url: bare, dir });
      const parent = await repository.fetch();
      const edit = { parent, changes: { a: Buffer.from('a') }, message: 'm', author: ada, committer: ada };
      const commit = await repository.commit(edit);
      mkdirSync(join(bare, 'refs/heads'), { recursive: true });
      writeFileSync(join(bare, 'refs/heads/main.lock'), '');
      expect((await gitError(repository.push(commit, parent))).code).toBe('git/moved');
      await rm(join(bare, 'refs/heads/main.lock'));
      await repository.push(commit, parent);
      expect(git(bare, ['rev-parse', 'main'])).toBe(commit);
    });
  });
});
