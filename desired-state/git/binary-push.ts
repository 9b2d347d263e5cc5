import type { BinaryGit } from './binary-git.ts';
import { GitError } from './errors.ts';
import { meansMoved, moved, rejected } from './remote-errors.ts';

/** Moves the remote branch, or the work tree that has it checked out. See `Repository.push`. */
export async function push(
  git: BinaryGit,
  gitdir: string,
  commit: string,
  expected: string | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  const workTree = git.remote.kind === 'path' ? await workTreeOn(git, git.remote.path) : null;
  if (workTree !== null) {
    await mergeInto(git, gitdir, workTree, commit, expected);
    return;
  }
  await pushBranch(git, gitdir, { branch: git.branch, commit, expected }, signal);
}

/** Moves one branch of the remote, which no work tree has checked out. */
export async function pushBranch(
  git: BinaryGit,
  gitdir: string,
  to: { readonly branch: string; readonly commit: string; readonly expected: string | null },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { branch, commit, expected } = to;
  const ref = `refs/heads/${branch}`;
  const lease = `--force-with-lease=${ref}:${expected ?? ''}`;
  const args = ['push', '--porcelain', '--no-verify', '--no-follow-tags', lease, '--end-of-options'];
  const result = await git.run(['--git-dir', gitdir, ...args, git.address, `${commit}:${ref}`], {
    timeout: git.limits.fetchMs,
    signal,
  });
  if (result.exitCode === 0) return;
  const reason = /^!\t[^\t]*\t\[[^\]]*\] \((.*)\)$/m.exec(result.stdout.toString('utf8'))?.[1];
  if (reason === undefined) throw git.transferError(result.stderr);
  throw meansMoved(reason) ? moved(git.remote, branch) : rejected(git.remote, branch, reason);
}

/**
 * The work tree that has the branch checked out, or null. Git refuses a push under a work tree's feet; Tenantry
 * moves the two together instead.
 */
async function workTreeOn(git: BinaryGit, path: string): Promise<string | null> {
  const result = await git.run(['-C', path, 'worktree', 'list', '--porcelain', '-z']);
  if (result.exitCode !== 0) throw git.transferError(result.stderr);
  for (const block of result.stdout.toString('utf8').split('\0\0')) {
    const lines = block.split('\0');
    if (lines.includes('bare') || !lines.includes(`branch refs/heads/${git.branch}`)) continue;
    const folder = lines.find((line) => line.startsWith('worktree '));
    if (folder !== undefined) return folder.slice('worktree '.length);
  }
  return null;
}

async function mergeInto(
  git: BinaryGit,
  gitdir: string,
  workTree: string,
  commit: string,
  expected: string | null,
): Promise<void> {
  const before = await git.run(['-C', workTree, 'rev-parse', '--verify', '--quiet', 'HEAD']);
  const head = before.exitCode === 0 ? before.stdout.toString('utf8').trim() : null;
  if (head === commit) return;
  if (head !== expected) throw moved(git.remote, git.branch);
  // A ref for the time of the transfer: git hands out only what a ref reaches.
  const outgoing = `refs/tenantry/outgoing/${commit}`;
  await git.local(gitdir, ['update-ref', outgoing, commit]);
  try {
    const fetch = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--end-of-options'];
    const fetched = await git.run(['-C', workTree, ...fetch, gitdir, outgoing]);
    if (fetched.exitCode !== 0) throw git.transferError(fetched.stderr);
  } finally {
    await git.local(gitdir, ['update-ref', '-d', outgoing]);
  }
  const env = { GIT_COMMITTER_NAME: 'tenantry', GIT_COMMITTER_EMAIL: 'tenantry', GIT_OPTIONAL_LOCKS: '1' };
  const merged = await git.run(['-C', workTree, 'merge', '--ff-only', '--no-verify-signatures', commit], {
    env,
  });
  if (merged.exitCode !== 0) throw mergeError(git, workTree, merged.stderr);
}

function mergeError(git: BinaryGit, workTree: string, stderr: string): GitError {
  const files = [...stderr.matchAll(/^\t(.+)$/gm)].map((match) => match[1] ?? '');
  const entry = /^error: Entry '(.+)' (?:not uptodate|would be overwritten)/m.exec(stderr)?.[1];
  if (entry !== undefined) files.push(entry);
  if (files.length > 0) {
    const offences = files.map((path) => ({ path, why: 'has changes that are not committed' }));
    return new GitError(
      'git/dirty',
      `The work tree ${workTree} has changes of its own in files that the edit changes too:\n` +
        `${files.map((file) => `  ${file}`).join('\n')}\n` +
        'Commit them (git add, git commit) or put them aside (git stash -u), then edit again.',
      { offences },
    );
  }
  if (/not possible to fast-forward|diverging branches/i.test(stderr)) return moved(git.remote, git.branch);
  return rejected(git.remote, git.branch, `the work tree ${workTree} could not follow: ${stderr.trim()}`);
}
