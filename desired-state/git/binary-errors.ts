import { GitError, starved } from './errors.ts';
import { auth, noBranch, redirected, refusedObject, shallow, unreachable } from './remote-errors.ts';
import type { Remote } from './url.ts';

const shallowRoots = /rejected .* because shallow roots are not allowed/i;

/** Phrases of git, curl and ssh (under LC_ALL=C) that tell one kind of failure from another. Order matters. */
const phrases: readonly (readonly [RegExp, (remote: Remote, branch: string) => GitError])[] = [
  // Before all others: git quotes names of the objects that it refuses, and names can hold anything.
  [/fsck error in pack|broken object|error in object/i, refusedObject],
  [
    /out of memory, .*over limit/i,
    (remote) => new GitError('git/too-large', `${remote.shown} sent something that is far too large.`),
  ],
  [
    /host key verification failed/i,
    (remote) => auth(remote, 'its host key is not in known_hosts; compare and add it'),
  ],
  [/permission denied \(/i, (remote) => auth(remote, 'it did not accept the ssh key')],
  [
    /authentication failed|could not read (username|password)|returned error: 40[13]\b|http 40[13] curl/i,
    (remote) => auth(remote, 'it did not accept the credential; give a token that may read (and write) it'),
  ],
  [shallowRoots, shallow],
  [/couldn't find remote ref|no such remote ref/i, noBranch],
  [
    /detected dubious ownership/i,
    (remote) => unreachable(remote, 'it belongs to another user of this machine'),
  ],
  [
    /does not appear to be a git repository|repository '.*' not found|returned error: 404|no such file or directory/i,
    (remote) => unreachable(remote, 'there is no repository (or none that the credential may see)'),
  ],
  [/unable to update url base from redirection|returned error: 30\d/i, (remote) => redirected(remote)],
  [
    /returned error: \d{3}|possible repository corruption on the remote side/i,
    (remote) => unreachable(remote, 'the server failed'),
  ],
  [/ssl|certificate/i, (remote) => unreachable(remote, 'the TLS certificate or connection is not valid')],
  [
    /could not resolve|connection (refused|reset|timed out|closed)|failed to connect|couldn't connect|timed out/i,
    (remote) => unreachable(remote, 'no connection'),
  ],
  [
    /early eof|rpc failed|unexpected disconnect|hung up|transfer closed|remote end closed|too slow|empty reply|bytes missing/i,
    (remote) => unreachable(remote, 'the connection broke before all was there'),
  ],
  [/transport '.*' not allowed/i, (remote) => unreachable(remote, 'git refuses this kind of address')],
  [/unable to access/i, (remote) => unreachable(remote, 'the server could not be asked')],
];

/** Whether git left the branch where it was and calls that a success: what the server has does not connect to it. */
export function leftShallow(stderr: string): boolean {
  return shallowRoots.test(stderr);
}

/** The machine's own disk: nothing is damaged by it, and a repair would need room, too. */
const diskPhrase = /no space left on device|disk quota exceeded|read-only file system|input\/output error/i;

function diskFailure(stderr: string): GitError {
  const what = 'This machine cannot write its mirror of the repository. Look at space and permissions there.';
  return new GitError('git/disk', `${what}\n${quote(stderr)}`);
}

/**
 * Words of git on this machine for a process that it could not begin, or that the kernel has killed. A remote's own are
 * behind `remote: `.
 */
const starvedPhrase =
  /^(?!remote: ).*(died of signal 9\b|(cannot|unable to) fork\b|cannot create (async|standard)|unable to create (async )?thread|cannot allocate memory|out of memory(?!.*over limit)|too many open files|resource temporarily unavailable)/im;

/** What is the matter with this machine itself; null where it is not that. */
function ofThisMachine(stderr: string): GitError | null {
  if (diskPhrase.test(stderr)) return diskFailure(stderr);
  return starvedPhrase.test(stderr) ? starved(`it says:\n${quote(stderr)}`) : null;
}

/**
 * What a failed transfer means. Whatever git says about the objects themselves is damage, of the mirror or of the
 * remote. Pure.
 * @param stderr scrubbed of credentials
 */
export function transferError(stderr: string, remote: Remote, branch: string): GitError {
  const own = ofThisMachine(stderr);
  if (own !== null) return own;
  for (const [pattern, make] of phrases) {
    if (!pattern.test(stderr)) continue;
    const error = make(remote, branch);
    return new GitError(error.code, `${error.message}\n${quote(stderr)}`);
  }
  return new GitError('git/corrupt', `Git could not take over ${remote.shown}:\n${quote(stderr)}`);
}

/** What a failed command on the mirror means: an object that is absent, or damage. Pure. */
export function localError(command: string, stderr: string): GitError {
  const own = ofThisMachine(stderr);
  if (own !== null) return own;
  const absent =
    /bad object|not a valid object|bad revision|not a valid commit|missing|not a tree object|invalid object/i;
  const code = absent.test(stderr) ? 'git/missing' : 'git/corrupt';
  return new GitError(code, `git ${command} failed on the mirror:\n${quote(stderr)}`);
}

function quote(stderr: string): string {
  // Progress that git shows although it was told to be quiet.
  const progress = /^[\w ]+:\s+\d+%/;
  const lines = stderr.split(/[\r\n]/).filter((line) => line.trim() !== '' && !progress.test(line));
  return lines
    .map((line) => `  ${line.slice(0, 300)}`)
    .slice(-12)
    .join('\n');
}
