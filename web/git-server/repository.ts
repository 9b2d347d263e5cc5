import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type GitResult, runGit } from '../../desired-state/git/binary-run.ts';
import { GitError } from '../../desired-state/git/errors.ts';
import { GIT_ALLOC_BYTES, GIT_STREAM_BYTES } from '../../desired-state/git/limits.ts';

/** Settings of every git process that serves or reads the repository. */
const settings: readonly (readonly [string, string])[] = [
  // The repository belongs to the control node, whoever that runs as.
  ['safe.directory', '*'],
  ['http.receivepack', 'true'],
  ['http.getanyfile', 'false'],
  ['receive.fsckObjects', 'true'],
  ['receive.autogc', 'true'],
  ['gc.autoDetach', 'false'],
  ['core.bigFileThreshold', String(GIT_STREAM_BYTES)],
  ['core.fsmonitor', 'false'],
  ['uploadpack.allowFilter', 'true'],
];

/** The environment of those processes: nothing of the control node's own, which holds secrets. */
export function serverEnvironment(
  extra: readonly (readonly [string, string])[] = [],
): Record<string, string> {
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_ALLOC_LIMIT: String(GIT_ALLOC_BYTES),
  };
  const pairs = [...settings, ...extra];
  for (const [index, [key, value]] of pairs.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return { ...env, GIT_CONFIG_COUNT: String(pairs.length) };
}

/**
 * The bare repository in a folder; made empty when it is not there. Answers its path.
 *
 * @param branch what a clone checks out
 */
export async function ensureRepository(folder: string, name: string, branch: string): Promise<string> {
  const path = join(folder, `${name}.git`);
  if (await isThere(path)) return path;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Made aside: half a repository, after a crash, would be taken for one.
  const aside = join(folder, `.${name}.new`);
  await rm(aside, { recursive: true, force: true });
  const args = ['init', '--quiet', '--bare', '--template=', `--initial-branch=${branch}`, aside];
  const { exitCode, stderr } = await runGit(args, serverEnvironment(), []);
  if (exitCode !== 0)
    throw new GitError('git/corrupt', `The repository ${path} could not be made: ${stderr.trim()}`);
  await rename(aside, path);
  return path;
}

/** The commit that a branch is at; null when there is no such branch. @throws GitError when git cannot tell */
export function branchHead(path: string, branch: string): Promise<string | null> {
  return commitOf(path, `refs/heads/${branch}`);
}

/** The commit that a reference or an id names; null where the repository has none. @throws GitError when git cannot tell */
export async function commitOf(path: string, name: string): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const { exitCode, stdout } = await ask(path, args);
  return exitCode === 0 ? stdout.toString('latin1').trim() : null;
}

/**
 * Whether a commit is in the history of another; one that the repository does not have is in none.
 *
 * @throws GitError when git cannot tell
 */
export async function holdsCommit(path: string, tip: string, commit: string): Promise<boolean> {
  if ((await commitOf(path, commit)) === null) return false;
  return (await ask(path, ['merge-base', '--is-ancestor', commit, tip])).exitCode === 0;
}

/** Git ends with 0 for yes and with 1 for no; anything else is a failure, and no answer. */
async function ask(path: string, args: readonly string[]): Promise<GitResult> {
  const result = await runGit(['--git-dir', path, ...args], serverEnvironment(), []);
  if (result.exitCode <= 1) return result;
  throw new GitError(
    'git/corrupt',
    `The repository ${path} could not be read: ${result.stderr.trim()}. Mend it, or put a clone or a backup of it in its place.`,
  );
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
