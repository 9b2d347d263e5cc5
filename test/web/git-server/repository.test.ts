import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { branchHead, holdsCommit } from '../../../web/git-server/repository.ts';
import { type FixtureRepository, makeRepository } from '../../support/git-repo.ts';

const nowhere = '0123456789012345678901234567890123456789';

let repository: FixtureRepository;
let path: string;
let first: string;
let second: string;

beforeEach(() => {
  repository = makeRepository();
  first = repository.revision();
  second = repository.commit({ 'README.md': 'second' });
  path = repository.bare();
});
afterEach(() => repository.remove());

describe('the repository of a control node', () => {
  test('says where a branch is, and that there is none', async () => {
    expect(await branchHead(path, 'main')).toBe(second);
    expect(await branchHead(path, 'other')).toBe(null);
  });

  test('says whether a commit is in the history of another', async () => {
    expect(await holdsCommit(path, second, first)).toBe(true);
    expect(await holdsCommit(path, first, second)).toBe(false);
    expect(await holdsCommit(path, second, nowhere)).toBe(false);
  });

  test('that cannot be read is not one without that branch or that commit', async () => {
    writeFileSync(join(path, 'HEAD'), 'damaged');
    await expect(branchHead(path, 'main')).rejects.toMatchObject({ code: 'git/corrupt' });
    await expect(holdsCommit(path, second, first)).rejects.toMatchObject({ code: 'git/corrupt' });
    rmSync(path, { recursive: true });
    await expect(branchHead(path, 'main')).rejects.toThrow(path);
  });
});
