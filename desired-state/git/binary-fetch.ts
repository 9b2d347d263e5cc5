import { join } from 'node:path';
import type { BinaryGit } from './binary-git.ts';
import { GitError } from './errors.ts';
import { namesIn, packFolder } from './mirror-objects.ts';

const command = ['fetch', '--quiet', '--no-tags', '--no-auto-gc', '--no-write-fetch-head'];

/** Brings what a refspec names into the repository at `gitdir`. @throws GitError as `transferError` reads git's words */
export async function fetchRef(
  git: BinaryGit,
  gitdir: string,
  refspec: string,
  options: { readonly extra?: readonly string[]; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { extra = [], signal } = options;
  await git.transfer(gitdir, [...command, ...extra, '--end-of-options', git.address, refspec], { signal });
}

/** Packs from which on they are gathered, as git counts them (`gc.autoPackLimit`). */
const MAX_PACKS = 50;
/** Objects that are files of their own, as git guesses them from one folder of 256 (`gc.auto`, 6,700). */
const MAX_LOOSE_IN_ONE = 27;

/**
 * Lets git gather what many fetches left apart; most times there is nothing to gather, and no process is begun to find
 * that out. By itself, since within a fetch git would write objects one by one, as
 * nothing else does there. Packs that stay apart are no failure: what is damaged is found where it is read.
 * @returns false when git did not come to an end, killed by the kernel for the memory that it takes, for one
 */
export async function tidy(git: BinaryGit, gitdir: string): Promise<boolean> {
  const packs = (await namesIn(packFolder(gitdir))).filter((name) => name.endsWith('.pack'));
  const loose = await namesIn(join(gitdir, 'objects', '17'));
  if (packs.length <= MAX_PACKS && loose.length <= MAX_LOOSE_IN_ONE) return true;
  const args = ['--git-dir', gitdir, 'gc', '--auto', '--quiet'];
  try {
    await git.alone(() => git.run(args, { timeout: git.limits.fetchMs }));
    return true;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return false;
  }
}
