import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBinaryRepository } from '../../../desired-state/git/binary.ts';
import type { Repository } from '../../../desired-state/git/port.ts';
import { type FixtureRepository, git, makeRepository } from '../../support/git-repo.ts';
import { ada, gitError } from './contract.ts';

describe('a push to a local repository whose branch is checked out', () => {
  let work: FixtureRepository;
  let dir: string;
  let repository: Repository;

  beforeEach(async () => {
    work = makeRepository({ 'a.yaml': 'a\n', 'b.yaml': 'b\n' });
    dir = await mkdtemp(join(tmpdir(), 'tenantry-mirror-'));
    repository = await openBinaryRepository({ url: work.dir, branch: 'main', dir });
  });
  afterEach(async () => {
    await repository.close();
    work.remove();
    await rm(dir, { recursive: true, force: true });
  });

  async function edit(
    changes: Record<string, Uint8Array | null>,
  ): Promise<{ parent: string; commit: string }> {
    const parent = await repository.fetch();
    const commit = await repository.commit({ parent, changes, message: 'edit', author: ada, committer: ada });
    return { parent, commit };
  }

  test('moves the branch, the index and the files together', async () => {
    const { parent, commit } = await edit({
      'a.yaml': Buffer.from('new\n'),
      'c/d.yaml': Buffer.from('d\n'),
      'b.yaml': null,
    });
    await repository.push(commit, parent);
    expect(work.revision('main')).toBe(commit);
    expect(work.git('status', '--porcelain')).toBe('');
    expect(readFileSync(join(work.dir, 'a.yaml'), 'utf8')).toBe('new\n');
    expect(readFileSync(join(work.dir, 'c/d.yaml'), 'utf8')).toBe('d\n');
    expect(existsSync(join(work.dir, 'b.yaml'))).toBe(false);
    expect(work.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  test('keeps changes of the user in other files', async () => {
    writeFileSync(join(work.dir, 'b.yaml'), 'mine\n');
    const { parent, commit } = await edit({ 'a.yaml': Buffer.from('new\n') });
    await repository.push(commit, parent);
    expect(readFileSync(join(work.dir, 'b.yaml'), 'utf8')).toBe('mine\n');
    expect(work.git('status', '--porcelain')).toBe('M b.yaml');
  });

  test.each([
    ['changed', (file: string) => writeFileSync(join(file, 'a.yaml'), 'mine\n'), 'a.yaml'],
    [
      'staged',
      (file: string) => {
        writeFileSync(join(file, 'a.yaml'), 'mine\n');
        git(file, ['add', 'a.yaml']);
      },
      'a.yaml',
    ],
    ['not yet tracked', (file: string) => writeFileSync(join(file, 'fresh.yaml'), 'mine\n'), 'fresh.yaml'],
  ])('touches nothing when a file of the edit is %s', async (_, change, path) => {
    change(work.dir);
    const { parent, commit } = await edit({ [path]: Buffer.from('new\n') });
    const error = await gitError(repository.push(commit, parent));
    expect(error).toMatchObject({ code: 'git/dirty', retry: 'never' });
    expect(error.offences.map((offence) => offence.path)).toEqual([path]);
    expect(error.message).toContain('git stash');
    expect(work.revision('main')).toBe(parent);
    expect(readFileSync(join(work.dir, path), 'utf8')).toBe('mine\n');
  });

  test('is refused when the branch has moved', async () => {
    const { parent, commit } = await edit({ 'a.yaml': Buffer.from('new\n') });
    const theirs = work.commit({ 'b.yaml': 'theirs\n' });
    expect((await gitError(repository.push(commit, parent))).code).toBe('git/moved');
    expect(work.revision('main')).toBe(theirs);
  });

  test('follows in a linked work tree of a bare repository', async () => {
    const bare = work.bare();
    const linked = join(work.dir, '../linked');
    git(bare, ['worktree', 'add', '--quiet', linked, 'main']);
    const other = await openBinaryRepository({ url: bare, branch: 'main', dir: join(dir, 'other') });
    const parent = await other.fetch();
    const changes = { 'a.yaml': Buffer.from('new\n') };
    const commit = await other.commit({ parent, changes, message: 'edit', author: ada, committer: ada });
    await other.push(commit, parent);
    expect(readFileSync(join(linked, 'a.yaml'), 'utf8')).toBe('new\n');
    expect(git(linked, ['status', '--porcelain'])).toBe('');
    await other.close();
  });

  test('is an ordinary push when another branch is checked out', async () => {
    work.git('checkout', '--quiet', '-b', 'aside');
    const { parent, commit } = await edit({ 'a.yaml': Buffer.from('new\n') });
    await repository.push(commit, parent);
    expect(work.revision('main')).toBe(commit);
    expect(readFileSync(join(work.dir, 'a.yaml'), 'utf8')).toBe('a\n');
  });
});
