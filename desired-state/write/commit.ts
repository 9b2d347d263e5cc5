import { setTimeout as sleep } from 'node:timers/promises';
import type { Person, Repository } from '../git/port.ts';
import type { Proposal, SourceFiles } from './edit.ts';
import type { ConflictingFile } from './edit-error.ts';
import { EditError } from './edit-error.ts';
import { sourceAt } from './source-at.ts';

/** How often a push that came too late is tried again on the newer head. */
const ATTEMPTS = 20;
/** Most milliseconds to wait before the second attempt; grows with each, so that many writers get out of step. */
const WAIT = 40;

export interface CommitRequest {
  readonly repository: Repository;
  /** The revision that the proposal was made from. */
  readonly base: string;
  readonly proposal: Proposal;
  readonly author: Person;
  readonly committer: Person;
  readonly signal?: AbortSignal;
}

export interface Committed {
  /** The commit that is on the branch now; null when there was nothing to do. */
  readonly commit: string | null;
  /** The commit that it stands on: `base`, or a newer one that touched none of the same files. */
  readonly parent: string;
}

/**
 * Commits a proposal and pushes it. When the branch has moved meanwhile and none of the edited files changed, the
 * commit is made again on the new head; nobody's change is ever overwritten.
 * @throws EditError `edit/conflict` with both texts of each file that somebody else changed
 * @throws GitError as the port's `fetch`, `commit` and `push`, but for `git/moved`
 */
export async function commitEdits(request: CommitRequest): Promise<Committed> {
  const { repository, base, proposal, author, committer, signal } = request;
  if (proposal.edits.length === 0) return { commit: null, parent: base };
  const message = commitMessage(proposal);
  const encoder = new TextEncoder();
  const changes = Object.fromEntries(
    proposal.edits.map(({ path, after }) => [path, after === null ? null : encoder.encode(after)]),
  );
  let parent = base;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    signal?.throwIfAborted();
    await refuseConflicts(repository, { base, revision: parent }, proposal);
    const commit = await repository.commit({ parent, changes, message, author, committer });
    if (await pushed(repository, commit, parent, signal)) return { commit, parent };
    await sleep(Math.random() * WAIT * attempt, undefined, signal === undefined ? {} : { signal });
    parent = await repository.fetch(signal);
  }
  throw new EditError(
    'edit/conflict',
    `"${proposal.subject}" was not committed: the branch moved ${ATTEMPTS} times while it was tried. Try again.`,
  );
}

/**
 * The message of a proposal's commit: the subject in words, what changed, and a trailer that names the kind of edit.
 */
export function commitMessage({ subject, body, verb }: Proposal): string {
  // Text from outside (a reason, a value) must not be able to add lines, and with them trailers, to the message.
  const line = (text: string) => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const lines = body.map(line).filter((text) => text !== '');
  return [line(subject), '', ...lines, ...(lines.length > 0 ? [''] : []), `Tenantry-Edit: ${verb}`, ''].join(
    '\n',
  );
}

async function pushed(
  repository: Repository,
  commit: string,
  expected: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await repository.push(commit, expected, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'git/moved') return false;
    throw error;
  }
}

async function refuseConflicts(
  repository: Repository,
  { base, revision }: { readonly base: string; readonly revision: string },
  { edits, folders, subject }: Proposal,
) {
  const paths = new Set(edits.map(({ path }) => path));
  const inFolders = (path: string) => folders.some((folder) => path.startsWith(folder));
  const now = await sourceAt(repository, revision, (path) => paths.has(path) || inFolders(path));
  const before = await sourceAt(repository, base, inFolders);
  const files = conflicts(before, now, edits, folders);
  if (files.length === 0) return;
  const names = files.map(({ path }) => path).join(', ');
  throw new EditError(
    'edit/conflict',
    `"${subject}" was not committed: somebody else has changed ${names} meanwhile (now at ${revision.slice(0, 12)}). ` +
      'Look at the newer text and make the edit again.',
    { files },
  );
}

/** Files of the edit that are not as it found them, and others of its folders that have changed since its base. */
function conflicts(
  before: SourceFiles,
  now: SourceFiles,
  edits: Proposal['edits'],
  folders: readonly string[],
): ConflictingFile[] {
  const known = new Set(edits.map(({ path }) => path));
  const beside = [...new Set([...before.list(), ...now.list()])].filter(
    (path) => !known.has(path) && folders.some((folder) => path.startsWith(folder)),
  );
  return [
    ...edits.map(({ path, before: base, after }) => ({ path, base, ours: after, theirs: now.read(path) })),
    ...beside.map((path) => ({
      path,
      base: before.read(path),
      ours: before.read(path),
      theirs: now.read(path),
    })),
  ].filter(({ base, theirs }) => base !== theirs);
}
