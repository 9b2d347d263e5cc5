import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import type { Person } from '../git/port.ts';
import { EditError } from './edit-error.ts';

/**
 * Writes files into a new folder, makes it a Git repository with the branch `main`, and commits them.
 * @param directory is made when it is not there; must be empty
 * @returns the id of the first commit
 * @throws EditError `edit/refused` when the folder is not empty, or is a file
 */
export async function initRepository(
  directory: string,
  files: Readonly<Record<string, string>>,
  author: Person,
): Promise<string> {
  await refuseUsed(directory);
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' });
  }
  const git = gitIn(directory, author);
  // No template: a machine's sample hooks have no business in the repository.
  await git(['init', '--quiet', '--initial-branch=main', '--template=']);
  await git(['add', '--all', '--force']);
  await git([
    'commit',
    '--quiet',
    '--no-verify',
    '--message',
    'Begin the desired state\n\nTenantry-Edit: init',
  ]);
  return git(['rev-parse', 'HEAD']);
}

async function refuseUsed(directory: string): Promise<void> {
  await mkdir(dirname(resolve(directory)), { recursive: true });
  const names = await namesIn(directory);
  if (names.length === 0) return;
  throw new EditError(
    'edit/refused',
    `${directory} is not empty (it holds ${names.slice(0, 3).join(', ')}); name a new folder.`,
  );
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT') return [];
    if (code !== 'ENOTDIR') throw error;
    throw new EditError('edit/refused', `${directory} is a file; name a new folder.`, { cause: error });
  }
}

function gitIn(directory: string, author: Person): (args: readonly string[]) => Promise<string> {
  // Variables such as GIT_DIR, which git sets for its hooks, would lead into another repository.
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = {
    ...Object.fromEntries(kept),
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
  };
  // The user's own settings must not change bytes, ask for a passphrase, or stop the commit.
  const settings = [
    '-c',
    'core.autocrlf=false',
    '-c',
    'commit.gpgSign=false',
    '-c',
    'core.hooksPath=/dev/null',
  ];
  return async (args) => {
    const { stdout } = await execa('git', [...settings, ...args], {
      cwd: directory,
      env,
      extendEnv: false,
      timeout: 60_000,
    });
    return stdout.trim();
  };
}
