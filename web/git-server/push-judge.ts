import { checkSource } from '../../desired-state/read/check.ts';
import type { DocumentCache } from '../../desired-state/read/document-cache.ts';
import { causedProblems } from '../../desired-state/write/edit.ts';
import { foldEmail } from '../../schemas/email.ts';
import { formatProblem, type Problem } from '../../schemas/problem.ts';
import { actsForAll } from '../access/roles.ts';
import type { Caller } from '../ports.ts';
import type { CommitDiff, FileDiff } from './diff-tree.ts';
import { refuseProposals } from './proposal-rules.ts';
import { NO_COMMIT, type RefUpdate, refuseUpdates, type Way } from './push-rules.ts';
import type { Quarantine } from './quarantine.ts';

/** What the client is told, line by line. */
export interface Verdict {
  readonly accepted: boolean;
  readonly lines: readonly string[];
}

/** What of an edit a caller may not make; nothing means that he may. */
export type MayEdit = (
  caller: Caller,
  path: string,
  before: string | null,
  after: string | null,
) => readonly { readonly path: string; readonly pointer: string; readonly message: string }[];

export interface JudgeParts {
  readonly branch: string;
  readonly mayEdit: MayEdit;
  /** Documents of earlier pushes, so that each costs what it changed. */
  readonly cache: DocumentCache;
}

/** Commits of one push that are looked at one by one; who may change everything may push any number. */
const MAX_COMMITS = 500;
const MAX_LINES = 50;

/**
 * Whether a push is taken. In this order: where it goes, whether its files may be in a revision and are valid, and
 * whether the one who pushes may change what it changes, in each of its commits and in all of them together: a commit in
 * the middle can come back as the last good one. Of what the followed branch will be, a merge is what differs from its
 * first parent: that can come back.
 */
export async function judgePush(
  quarantine: Quarantine,
  updates: readonly RefUpdate[],
  caller: Caller,
  parts: JudgeParts,
): Promise<Verdict> {
  const ways = new Map<RefUpdate, Way>();
  for (const update of updates) ways.set(update, await wayOf(quarantine, update));
  const refused = refuseUpdates(updates, parts.branch, (update) => ways.get(update) ?? 'back');
  if (refused.length > 0) return verdict(false, refused);
  const rewrites = (update: RefUpdate): boolean => ways.get(update) === 'back';
  const others = await refuseProposals(quarantine, updates, caller, parts.branch, rewrites);
  if (others.length > 0) return verdict(false, ['This push is not taken.', ...others]);
  const told: string[] = [];
  for (const update of updates.filter(({ after }) => after !== NO_COMMIT)) {
    const { accepted, lines } = await judgeUpdate(quarantine, update, caller, parts);
    if (!accepted) return { accepted, lines };
    told.push(...lines);
  }
  return verdict(true, told);
}

async function wayOf(quarantine: Quarantine, { before, after }: RefUpdate): Promise<Way> {
  if (before === NO_COMMIT || after === NO_COMMIT) return 'on';
  if (!(await quarantine.isAncestor(before, after))) return 'back';
  return (await quarantine.isFirstParent(before, after)) ? 'on' : 'aside';
}

async function judgeUpdate(
  quarantine: Quarantine,
  update: RefUpdate,
  caller: Caller,
  parts: JudgeParts,
): Promise<Verdict> {
  const { after } = update;
  const followed = update.ref === `refs/heads/${parts.branch}`;
  const base = await baseOf(quarantine, update, parts.branch);
  const problems = await checkSource(quarantine.source(after), parts.cache);
  // A proposal may be unfinished; what no revision may hold at all (links, programs, twins) stays out of any branch.
  const errors = problems.filter(
    ({ severity, code }) => severity === 'error' && (followed || code.startsWith('git/')),
  );
  const caused = errors.length === 0 ? [] : await causedBy(quarantine, base, after, errors, parts.cache);
  if (caused.length > 0) {
    const count = caused.length === 1 ? 'one problem' : `${caused.length} problems`;
    return verdict(false, [`This push is not taken: it would leave ${count}.`, ...caused.map(formatProblem)]);
  }
  const strangers = await notByHim(quarantine, base, after, caller);
  if (strangers.length > 0) return verdict(false, strangers);
  const foreign = await notHis(quarantine, { base, after, followed }, caller, parts);
  if (foreign.length > 0)
    return verdict(false, ['This push is not taken: it changes what is not yours.', ...foreign]);
  return verdict(true, problems.map(formatProblem));
}

/** What a push is compared with: the followed branch as it is; for a proposal, where it left that branch. */
async function baseOf(
  quarantine: Quarantine,
  { ref, before, after }: RefUpdate,
  branch: string,
): Promise<string | null> {
  if (ref === `refs/heads/${branch}`) return before === NO_COMMIT ? null : before;
  return quarantine.mergeBase(`refs/heads/${branch}`, after);
}

async function causedBy(
  quarantine: Quarantine,
  base: string | null,
  after: string,
  errors: readonly Problem[],
  cache: DocumentCache,
): Promise<readonly Problem[]> {
  const edited = new Set((await quarantine.diff(base, after)).files.map(({ path }) => path));
  const elsewhere = errors.some(({ path }) => !edited.has(path));
  const old = base === null || !elsewhere ? [] : await checkSource(quarantine.source(base), cache);
  return causedProblems(edited, old, errors);
}

/** Commits of who pushes for himself alone bear his own address. */
async function notByHim(
  quarantine: Quarantine,
  base: string | null,
  after: string,
  caller: Caller,
): Promise<string[]> {
  if (actsForAll(caller.role)) return [];
  const { person } = caller;
  const own = foldEmail(person.email);
  const commits = (await quarantine.newPeople(base, after, MAX_COMMITS)).map(
    ({ commit, author, committer }) => ({ commit, emails: [...new Set([author, committer])] }),
  );
  const strange = commits.filter(({ emails }) => emails.some((email) => foldEmail(email) !== own));
  if (strange.length === 0) return [];
  return [
    `This push is not taken: you are ${person.email}, and commits of others are in it.`,
    ...strange.map(({ commit, emails }) => `commit ${commit.slice(0, 12)} is by ${emails.join(' and ')}`),
    `For your own: git config user.email ${person.email}, then git commit --amend --reset-author --no-edit.`,
  ];
}

async function notHis(
  quarantine: Quarantine,
  { base, after, followed }: { base: string | null; after: string; followed: boolean },
  caller: Caller,
  { mayEdit }: JudgeParts,
): Promise<string[]> {
  if (caller.role === 'platform-admin') return [];
  const commits = await quarantine.newCommits(base, after, MAX_COMMITS + 1);
  if (commits.length > MAX_COMMITS)
    return [
      `It has more than ${MAX_COMMITS} commits, each of which has to be looked at. Push them in parts.`,
    ];
  const merges = followed ? await quarantine.mergesAlong(base, after, MAX_COMMITS) : [];
  const diffs: readonly CommitDiff[] = [
    await quarantine.diff(base, after),
    ...(await quarantine.ownDiffs(commits)),
    ...(await quarantine.firstParentDiffs(merges)),
  ];
  const lines = new Set<string>();
  for (const { commit, files } of diffs) {
    const texts = await textsOf(quarantine, files);
    for (const { path, before, after: wanted } of files) {
      for (const { message } of mayEdit(caller, path, texts(before), texts(wanted)))
        lines.add(`${path}: ${message} (commit ${commit.slice(0, 12)})`);
    }
  }
  return [...lines];
}

/** Contents by blob id, as text. */
async function textsOf(
  quarantine: Quarantine,
  files: readonly FileDiff[],
): Promise<(oid: string | null) => string | null> {
  const oids = files.flatMap(({ before, after }) => [before, after]).filter((oid) => oid !== null);
  const blobs = await quarantine.blobs(oids);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (oid) => {
    if (oid === null) return null;
    try {
      return decoder.decode(blobs.get(oid));
    } catch {
      // No text, so nobody can tell what of it is changed; two that differ must not look alike.
      return `\u0000${oid}`;
    }
  };
}

function verdict(accepted: boolean, lines: readonly string[]): Verdict {
  const shown = lines.slice(0, MAX_LINES).map(printable);
  const more = lines.length - shown.length;
  return { accepted, lines: more > 0 ? [...shown, `… and ${more} more.`] : shown };
}

/** Names of files and texts of others end up in a terminal: nothing in them may steer it. */
function printable(line: string): string {
  return line.replaceAll(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, '\ufffd').slice(0, 1_000);
}
