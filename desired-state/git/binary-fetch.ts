import type { BinaryGit } from './binary-git.ts';

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

/**
 * Lets git gather what many fetches left apart. By itself, since within a fetch git would write objects one by one, as
 * nothing else does there. Packs that stay apart are no failure: what is damaged is found where it is read.
 */
export async function tidy(git: BinaryGit, gitdir: string): Promise<void> {
  const args = ['--git-dir', gitdir, 'gc', '--auto', '--quiet'];
  await git.alone(() => git.run(args, { timeout: git.limits.fetchMs }));
}
