import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Variables under which git answers alike on every machine and reads nobody's settings. */
export const gitEnv: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  LC_ALL: 'C',
};

/** Runs git in a folder and answers what it wrote, trimmed. Throws when it fails. */
export function git(dir: string, args: readonly string[], input?: string | Uint8Array): string {
  return gitBytes(dir, args, input).toString('utf8').trim();
}

/** The same for what is no text. */
export function gitBytes(dir: string, args: readonly string[], input?: string | Uint8Array): Buffer {
  const options = {
    env: gitEnv,
    stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'],
    input: input ?? '',
  };
  return execFileSync('git', ['-C', dir, ...args], options);
}

/** Files by path; null takes one out. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>;

/** A fixture repository with a work tree on `main`, in a temporary folder. */
export interface FixtureRepository {
  readonly dir: string;
  /** Writes files and commits them. Answers the commit's id. */
  commit(files: Files, message?: string): string;
  git(...args: string[]): string;
  /** The id that a name stands for. */
  revision(name?: string): string;
  /** A bare clone beside it, which may be pushed to. Answers its folder. */
  bare(name?: string): string;
  remove(): void;
}

/** Makes a repository with one commit that holds `files`; with none when `files` is null. */
export function makeRepository(files: Files | null = { 'README.md': '# fixture\n' }): FixtureRepository {
  const root = mkdtempSync(join(tmpdir(), 'tenantry-fixture-'));
  const dir = join(root, 'work');
  mkdirSync(dir);
  git(dir, ['init', '--quiet', '--initial-branch=main']);
  const repository: FixtureRepository = {
    dir,
    commit(changes, message = 'change') {
      for (const [path, content] of Object.entries(changes)) {
        const file = join(dir, path);
        if (content === null) {
          rmSync(file);
          continue;
        }
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      git(dir, ['add', '--all']);
      git(dir, ['commit', '--quiet', '--allow-empty', '--message', message]);
      return git(dir, ['rev-parse', 'HEAD']);
    },
    git: (...args) => git(dir, args),
    revision: (name = 'HEAD') => git(dir, ['rev-parse', '--verify', `${name}^{commit}`]),
    bare(name = 'bare.git') {
      const path = join(root, name);
      git(root, ['clone', '--quiet', '--bare', dir, path]);
      return path;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  if (files !== null) repository.commit(files, 'first');
  return repository;
}
