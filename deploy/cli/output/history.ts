import type { Commit } from '../../../desired-state/git/port.ts';
import type { TenantResult } from '../../../reconciler/apply/run.ts';
import type { Layout } from './plan.ts';
import { printable, shortId, wrap } from './text.ts';
import { formatTime, formatTook } from './time.ts';

/** What happened to a tenant: a commit that touched its files, or what a node did. Newest first. */
export type HistoryEntry =
  | { readonly type: 'commit'; readonly time: number; readonly commit: Commit }
  | {
      readonly type: 'outcome';
      readonly time: number;
      readonly result: TenantResult;
      /** First line of the message of the revision that was enforced; null when it is not known here. */
      readonly subject: string | null;
    };

/** Joins the commits that touched a tenant with the outcomes that its node recorded. */
export function historyOf(
  touching: readonly Commit[],
  results: readonly TenantResult[],
  subjects: ReadonlyMap<string, string>,
): HistoryEntry[] {
  const entries: HistoryEntry[] = [
    ...touching.map((commit) => ({ type: 'commit' as const, time: commit.time, commit })),
    ...results.map((result) => ({
      type: 'outcome' as const,
      time: result.at,
      result,
      subject: result.revision === null ? null : (subjects.get(result.revision) ?? null),
    })),
  ];
  // Of the same moment, what a node did comes after the commit that asked for it.
  return entries.sort((a, b) => b.time - a.time || (a.type === b.type ? 0 : a.type === 'outcome' ? -1 : 1));
}

export function historyLines(entries: readonly HistoryEntry[], layout: Layout): string[] {
  if (entries.length === 0) return ['Nothing is recorded.'];
  return entries.flatMap((entry) =>
    entry.type === 'commit' ? commitLines(entry.commit, layout) : outcomeLines(entry, layout),
  );
}

export function subjectOf(commit: Commit): string {
  return commit.message.split('\n', 1)[0] ?? '';
}

function commitLines(commit: Commit, { width, colours }: Layout): string[] {
  const { name, email } = commit.author;
  return [
    `${formatTime(commit.time)}  ${colours.yellow(shortId(commit.oid))}  by ${printable(`${name} <${email}>`)}`,
    ...wrap(printable(subjectOf(commit)), width, '    '),
  ];
}

function outcomeLines(
  entry: Extract<HistoryEntry, { type: 'outcome' }>,
  { width, colours }: Layout,
): string[] {
  const { result, subject } = entry;
  const paint = result.outcome === 'done' ? colours.green : colours.red;
  const revision = result.revision === null ? 'gone from Git' : `for ${shortId(result.revision)}`;
  const asked = subject === null ? '' : ` “${printable(subject)}”`;
  const why = result.error === null ? [] : wrap(printable(result.error.message), width, '    ! ', '      ');
  return [
    `${formatTime(entry.time)}  ${paint(result.outcome)} in ${formatTook(result.ms)}`,
    ...wrap(`${revision}${asked}`, width, '    '),
    ...why.map((line) => colours.red(line)),
    ...result.steps
      .flatMap((step) => wrap(printable(step), width, '    - ', '      '))
      .map((line) => colours.dim(line)),
  ];
}
