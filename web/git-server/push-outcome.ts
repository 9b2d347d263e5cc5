import type { AuditEntry } from '../ports.ts';
import { NO_COMMIT, type RefUpdate } from './push-rules.ts';
import { commitOf, holdsCommit } from './repository.ts';

/** What a push came to. */
export type PushOutcome =
  /** The control node refused it. */
  | { readonly kind: 'refused'; readonly lines: readonly string[] }
  /** It never came to be judged, or could not be. */
  | { readonly kind: 'broken'; readonly outcome: 'refused' | 'failed'; readonly reason: string }
  /** The control node let it in: what git then did with each reference. */
  | { readonly kind: 'let-in'; readonly refs: readonly RefOutcome[] };

export interface RefOutcome extends RefUpdate {
  /** Not, where somebody else was quicker. */
  readonly taken: boolean;
}

/** How references are once git has ended: what the judge let in is not moved yet. */
export function refOutcomes(path: string, updates: readonly RefUpdate[]): Promise<RefOutcome[]> {
  return Promise.all(
    updates.map(async (update) => {
      const { ref, after } = update;
      const now = await commitOf(path, ref);
      if (after === NO_COMMIT) return { ...update, taken: now === null };
      // The next push may be there already, on top of this one.
      const taken = now === after || (now !== null && (await holdsCommit(path, now, after)));
      return { ...update, taken };
    }),
  );
}

type PushEntry = Pick<AuditEntry, 'outcome' | 'reason' | 'commit'>;

/**
 * What the audit keeps of a push: an entry for each reference that it was to move. A commit that is not in force, as a
 * proposal's, is named by its branch. Pure.
 *
 * @param branch the followed branch
 */
export function pushEntries(outcome: PushOutcome, branch: string): PushEntry[] {
  if (outcome.kind === 'refused')
    return [{ outcome: 'refused', reason: outcome.lines.join(' ').slice(0, 500), commit: null }];
  if (outcome.kind === 'broken') return [{ outcome: outcome.outcome, reason: outcome.reason, commit: null }];
  return outcome.refs.map(({ ref, before, after, taken }): PushEntry => {
    const name = ref.replace(/^refs\/heads\//, '').slice(0, 200);
    const short = (oid: string): string => oid.slice(0, 12);
    if (!taken) return { outcome: 'refused', reason: `${name}: somebody else was quicker`, commit: null };
    if (name === branch) return { outcome: 'done', commit: after };
    if (after === NO_COMMIT)
      return { outcome: 'done', reason: `${name} is deleted, which was at ${short(before)}`, commit: null };
    const was = before === NO_COMMIT ? '' : `, which was at ${short(before)}`;
    return { outcome: 'done', reason: `proposed as ${name}${was}`, commit: after };
  });
}
