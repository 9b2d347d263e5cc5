import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGit } from './binary-run.ts';
import { GitError } from './errors.ts';

/** What git may see here: it is to read three files and nothing of anybody's settings. */
const environment = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

/**
 * Merges two texts that both came from `base`, line by line, as git does it.
 * @returns null when both changed the same lines, or lines next to each other; and where there is no git program
 */
export async function mergeLines(base: string, ours: string, theirs: string): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-merge-'));
  try {
    const paths = { ours: join(folder, 'ours'), base: join(folder, 'base'), theirs: join(folder, 'theirs') };
    await Promise.all([
      writeFile(paths.ours, ours),
      writeFile(paths.base, base),
      writeFile(paths.theirs, theirs),
    ]);
    const args = ['merge-file', '--stdout', '--quiet', paths.ours, paths.base, paths.theirs];
    const { exitCode, stdout, stderr } = await runGit(args, environment, []);
    if (exitCode === 0) return stdout.toString('utf8');
    // Up to 127 it is the number of conflicts.
    if (exitCode <= 127) return null;
    throw new GitError('git/corrupt', `git merge-file failed: ${stderr.trim()}`);
  } catch (error) {
    if (error instanceof GitError && error.code === 'git/no-binary') return null;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
