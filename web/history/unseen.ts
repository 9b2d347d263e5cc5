import type { Commit } from '../../desired-state/git/port.ts';
import { KNOWN_COMMITS } from '../store/retention.ts';
import type { TrackerParts } from './tracker-parts.ts';

/** Commits that are looked back on when the branch was never followed, or is another one than it was. */
const BACK = 100;

/**
 * Commits of the branch that are not written down yet, newest first: all that came since, up to a bound; where that cuts,
 * the log says between which two the history has none.
 *
 * @param newest the newest one that is written down; null when there is none
 */
export async function unseenCommits(
  { branch: { repository }, log, catchUp = KNOWN_COMMITS }: Pick<TrackerParts, 'branch' | 'log' | 'catchUp'>,
  head: string,
  newest: string | null,
  isKnown: (oid: string) => boolean,
): Promise<readonly Commit[]> {
  const isHere = newest !== null && (await repository.resolve(newest)) === newest;
  const goesOn = isHere && (await repository.isAncestor(newest, head));
  for (let limit = Math.min(BACK, catchUp); ; limit = Math.min(limit * 4, catchUp)) {
    const commits = await repository.commits(head, { limit });
    const known = commits.findIndex(({ oid }) => isKnown(oid));
    if (known !== -1) return commits.slice(0, known);
    if (!goesOn || commits.length < limit) return commits;
    if (limit >= catchUp) {
      const between = { after: newest, before: commits.at(-1)?.oid };
      log.warn(between, `more than ${limit} commits came meanwhile: the history lacks the oldest of them`);
      return commits;
    }
  }
}
