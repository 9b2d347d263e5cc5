import { GitError } from './errors.ts';
import type { Remote } from './url.ts';

export function noBranch(remote: Remote, branch: string): GitError {
  return new GitError(
    'git/no-branch',
    `${remote.shown} has no branch ${branch}. Push it, or name another branch.`,
  );
}

export function notCommit(remote: Remote, branch: string): GitError {
  return new GitError(
    'git/unsafe-object',
    `The branch ${branch} of ${remote.shown} is not at a commit. Push a commit to it, or name another branch.`,
  );
}

/** Git's own check of what is sent: names such as `.git`, entries out of order, dates that are none. */
export function refusedObject(remote: Remote, branch: string): GitError {
  return new GitError(
    'git/unsafe-object',
    `The branch ${branch} of ${remote.shown} holds an object that git's own check refuses. Take the commit that brought it out of the branch.`,
  );
}

export function auth(remote: Remote, why: string): GitError {
  return new GitError('git/auth', `${remote.shown} refused access: ${why}.`);
}

export function unreachable(remote: Remote, why: string, cause?: unknown): GitError {
  return new GitError('git/unreachable', `${remote.shown} could not be read: ${why}.`, { cause });
}

/** Never followed: a redirect may lead the credential to another host, or down to a connection that anybody reads. */
export function redirected(remote: Remote, cause?: unknown): GitError {
  const secure = remote.kind === 'http' && remote.url.startsWith('https:');
  const what = secure ? 'it redirects elsewhere, maybe down to plain http' : 'it redirects elsewhere';
  const todo = secure ? 'give the https address that it leads to' : 'give the address that it leads to';
  return unreachable(remote, `${what}, which is never followed; ${todo}`, cause);
}

/** Without the commits before, nobody can tell what was last good, and what was rewritten. */
export function shallow(remote: Remote): GitError {
  return unreachable(
    remote,
    'it is a shallow clone, whose history begins in the middle; bring the rest there with `git fetch --unshallow` (in CI, have the checkout fetch the whole history)',
  );
}

export function moved(remote: Remote, branch: string): GitError {
  return new GitError(
    'git/moved',
    `${branch} of ${remote.shown} has moved since the edit was based on it. Fetch, look at what changed, and edit again.`,
  );
}

/** @param reason the remote's own words: a protected branch, a hook */
export function rejected(remote: Remote, branch: string, reason: string): GitError {
  return new GitError(
    'git/rejected',
    `${remote.shown} refused the push to ${branch}: ${reason}. Its settings or hooks say who may push there.`,
  );
}

/** A push that takes commits away would be held by every node as rewritten history. */
export function notDescendant(commit: string, expected: string): GitError {
  return new GitError(
    'git/rejected',
    `Commit ${commit} does not descend from ${expected}; history is never rewritten. Make the commit on top of it.`,
  );
}

/** Reasons that servers give when another push was quicker. */
export function meansMoved(reason: string): boolean {
  return /stale info|fetch first|non-fast-forward|failed to update ref|incorrect old value|cannot lock ref|failed to lock/i.test(
    reason,
  );
}
