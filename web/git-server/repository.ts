import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '../../desired-state/git/binary-run.ts';
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

/** The commit that a branch is at; null when there is no such branch. */
export function branchHead(path: string, branch: string): Promise<string | null> {
  return refHead(path, `refs/heads/${branch}`);
}

/** The commit that a reference is at; null when it is not there. */
export async function refHead(path: string, ref: string): Promise<string | null> {
  const args = ['--git-dir', path, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const { exitCode, stdout } = await runGit(args, serverEnvironment(), []);
  return exitCode === 0 ? stdout.toString('latin1').trim() : null;
}

/** Whether a commit is in the history of another; one that the repository does not have is in none. */
export async function holdsCommit(path: string, tip: string, commit: string): Promise<boolean> {
  const args = ['--git-dir', path, 'merge-base', '--is-ancestor', commit, tip];
  return (await runGit(args, serverEnvironment(), [])).exitCode === 0;
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
