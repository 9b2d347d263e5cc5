import { GitError } from './errors.ts';

/** A full object id: 40 hex digits. (SHA-256 repositories are not supported; hosts do not offer them yet.) */
export function isObjectId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Answers the id, or refuses what is not a full one: an abbreviation or a branch name would be ambiguous. */
export function requireObjectId(text: string, what: string): string {
  if (isObjectId(text)) return text;
  throw new GitError(
    'git/refused-name',
    `${JSON.stringify(text)} is not a full ${what} id; give 40 hex digits, as resolve() answers them.`,
  );
}

/** Whether a branch or tag may be named so: the rules of `git check-ref-format --branch`. */
export function isRefName(name: string): boolean {
  if (name === '' || name === '@' || name.startsWith('-') || name.endsWith('.') || name.length > 200)
    return false;

  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\//.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/** Answers the branch name, or refuses it. */
export function requireBranch(name: string): string {
  if (isRefName(name)) return name;
  throw new GitError(
    'git/refused-name',
    `${JSON.stringify(name)} cannot be the name of a branch; give one such as "main", without refs/heads/.`,
  );
}
