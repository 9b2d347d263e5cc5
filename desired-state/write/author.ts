import { execa } from 'execa';
import type { Person } from '../git/port.ts';
import { EditError } from './edit-error.ts';

/** Reads one key of the user's Git configuration; null when it is not set. */
export type GitConfig = (key: string) => Promise<string | null>;

/**
 * Who makes an edit: `TENANTRY_AUTHOR` ("Name <mail>"), else `user.name` and `user.email` of Git.
 * @throws EditError `edit/no-author` when neither says it, with what to set
 */
export async function authorFrom(
  env: Readonly<Record<string, string | undefined>>,
  config: GitConfig,
): Promise<Person> {
  const given = env.TENANTRY_AUTHOR;
  if (given !== undefined && given !== '') return parsePerson(given);
  const [name, email] = [await config('user.name'), await config('user.email')];
  if (name !== null && email !== null) return parsePerson(`${name} <${email}>`);
  throw new EditError(
    'edit/no-author',
    'An edit is a commit and needs an author: set TENANTRY_AUTHOR="Name <mail@example.com>", ' +
      'or run git config --global user.name and user.email.',
  );
}

/** Reads `Name <mail>`. @throws EditError `edit/no-author` */
export function parsePerson(text: string): Person {
  const parts = /^([^<>\p{Cc}]+?)\s*<([^<>\s\p{Cc}]+@[^<>\s\p{Cc}]+)>$/u.exec(text.trim());
  if (parts?.[1] === undefined || parts[2] === undefined) {
    throw new EditError(
      'edit/no-author',
      `"${text}" is not an author; write it as "Name <mail@example.com>".`,
    );
  }
  return { name: parts[1], email: parts[2] };
}

/**
 * The Git configuration as the git program sees it from a folder. Without the program nothing is set.
 * @param directory where the command runs, so that a repository's own configuration counts
 */
export function gitConfig(directory: string): GitConfig {
  return async (key) => {
    const { exitCode, stdout, failed, code } = await execa('git', ['config', '--get', key], {
      cwd: directory,
      reject: false,
      timeout: 10_000,
    });
    // git config ends with 1 for a key that is not set; ENOENT: there is no git program here.
    if (exitCode === 1 || code === 'ENOENT') return null;
    if (failed) throw new EditError('edit/no-author', `git config --get ${key} failed in ${directory}.`);
    const value = stdout.trim();
    return value === '' ? null : value;
  };
}
