import { randomBytes } from 'node:crypto';
import type { Proposal } from '../../desired-state/write/edit.ts';
import type { Log } from '../log.ts';

/** What a reviewer is to look at. */
export interface PullRequest {
  /** Branch that holds the change, and the one that it is for. */
  readonly from: string;
  readonly into: string;
  readonly title: string;
  readonly body: string;
}

/** Opens pull requests on the host of the repository. */
export interface PullRequests {
  /** Answers where a person finds it. @throws Error with what the host said */
  open(request: PullRequest): Promise<string>;
}

export interface Proposed {
  readonly branch: string;
  /** Null where no host is set up, or it refused: then `problem` says why. */
  readonly url: string | null;
  readonly problem: string | null;
}

/** `proposals/acme-stop-the-runtime-3f2a1b9c`: a name that says what it is about, and that nobody else has. */
export function proposalBranch(subject: string, id: string = randomBytes(4).toString('hex')): string {
  const slug = subject
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return `proposals/${slug === '' ? 'change' : slug}-${id}`;
}

/**
 * Opens a pull request for a branch that is pushed already. A host that refuses does not undo the branch: the answer says
 * both.
 */
export async function announce(
  pulls: PullRequests | null,
  branch: { readonly from: string; readonly into: string },
  { subject, body }: Proposal,
  log: Log,
): Promise<Proposed> {
  if (pulls === null) return { branch: branch.from, url: null, problem: null };
  try {
    const url = await pulls.open({ ...branch, title: subject, body: body.join('\n') });
    return { branch: branch.from, url, problem: null };
  } catch (err) {
    log.warn({ err, branch: branch.from }, 'a pull request could not be opened');
    const problem = err instanceof Error ? err.message : String(err);
    return { branch: branch.from, url: null, problem };
  }
}
