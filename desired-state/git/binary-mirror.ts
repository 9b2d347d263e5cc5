import { mkdir } from 'node:fs/promises';
import { writeGlobalConfig } from './binary-environment.ts';
import { localError } from './binary-errors.ts';
import type { BinaryGit } from './binary-git.ts';

/** Whether git can work with the mirror at `gitdir`, below `dir`, as it is. */
export async function opens(git: BinaryGit, dir: string, gitdir: string): Promise<boolean> {
  await writeGlobalConfig(git.remote, dir);
  const { exitCode, stdout } = await git.run(['--git-dir', gitdir, 'rev-parse', '--is-bare-repository']);
  return exitCode === 0 && stdout.toString('utf8').trim() === 'true';
}

/** Makes `gitdir` a bare repository; keeps the objects that are there. */
export async function init(git: BinaryGit, gitdir: string): Promise<void> {
  await mkdir(gitdir, { recursive: true, mode: 0o700 });
  const { exitCode, stderr } = await git.run(['init', '--quiet', '--bare', '--template=', gitdir]);
  if (exitCode !== 0) throw localError('init', stderr);
}
