import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRepository } from '../../../desired-state/git/open.ts';
import { type FixtureRepository, git, makeRepository } from '../../support/git-repo.ts';

const ada = { name: 'Ada', email: 'ada@example.com' };
let folder: string;
let key: string;
let work: FixtureRepository;
let bare: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenantry-signing-'));
  key = join(folder, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'control', '-f', key]);
  work = makeRepository();
  bare = work.bare();
});

afterEach(() => {
  work.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks git itself whether a commit is signed by the key. */
function verify(commit: string): string {
  const signers = join(folder, 'signers');
  writeFileSync(signers, `control@example.com ${readFileSync(`${key}.pub`, 'utf8')}`);
  return git(bare, ['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'log', '-1', '--format=%G? %GS', commit]);
}

test('a commit is signed by the key that is set, and git says so', async () => {
  const options = { url: bare, branch: 'main', dir: join(folder, 'mirror'), adapter: 'binary' as const };
  const repository = await openRepository({ ...options, signingKey: key });
  const parent = await repository.fetch();
  const changes = { 'a.yaml': new TextEncoder().encode('a: 1\n') };
  const commit = await repository.commit({ parent, changes, message: 'm', author: ada, committer: ada });
  await repository.push(commit, parent);
  await repository.close();
  expect(verify(commit)).toBe('G control@example.com');
  expect(verify(parent)).toBe('N');
});

test('without the git program a repository that is to sign is refused, not left unsigned', async () => {
  const options = { url: bare, branch: 'main', dir: join(folder, 'mirror'), adapter: 'isomorphic' as const };
  await expect(openRepository({ ...options, signingKey: key })).rejects.toMatchObject({
    code: 'git/no-binary',
  });
});
