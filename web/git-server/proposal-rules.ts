import { foldEmail } from '../../schemas/email.ts';
import { actsForAll } from '../access/roles.ts';
import type { Caller } from '../ports.ts';
import { NO_COMMIT, type RefUpdate } from './push-rules.ts';
import type { Quarantine } from './quarantine.ts';

const HEADS = 'refs/heads/';
const FOLDER = 'proposals/';
/** Branches of one person that are not merged. */
const MAX_OPEN = 50;
/** Commits of a branch that are looked at; nobody who pushes for himself alone has made one with more. */
const MAX_COMMITS = 500;

/**
 * What somebody who pushes for himself alone may not do with branches beside the followed one: sentences; none when all
 * may be. He makes his own below `proposals/`, so many of them, and takes away or rewrites none that holds commits of
 * others.
 *
 * @param rewrites whether an update leaves out commits that are in the branch
 */
export async function refuseProposals(
  quarantine: Quarantine,
  updates: readonly RefUpdate[],
  caller: Caller,
  branch: string,
  rewrites: (update: RefUpdate) => boolean,
): Promise<string[]> {
  if (actsForAll(caller.role)) return [];
  const followed = `${HEADS}${branch}`;
  const proposals = updates.filter(({ ref }) => ref !== followed);
  const refused: string[] = [];
  for (const update of proposals) {
    const { ref, before, after } = update;
    const name = ref.slice(HEADS.length);
    if (!name.startsWith(FOLDER))
      refused.push(
        `${name}: your branches go below ${FOLDER}: git push origin HEAD:refs/heads/${FOLDER}${name}`,
      );
    else if (before !== NO_COMMIT && (after === NO_COMMIT || rewrites(update))) {
      if (!(await isHis(quarantine, followed, before, caller)))
        refused.push(
          `${name} holds commits of others: they, an operator or an administrator rewrite and delete it.`,
        );
    }
  }
  const made = proposals.filter(({ before }) => before === NO_COMMIT).length;
  if (made > 0 && refused.length === 0) {
    const open = await quarantine.openBranches(`${HEADS}${FOLDER}`, followed);
    const his = open.filter(({ author }) => isBy(caller, author)).length;
    if (his + made > MAX_OPEN)
      refused.push(
        `${his} proposals of yours are open, and you may have ${MAX_OPEN}. Delete what you no longer propose: git push origin --delete ${FOLDER}NAME`,
      );
  }
  return refused;
}

/** Whether all that a branch holds beyond the followed one is by him. */
async function isHis(
  quarantine: Quarantine,
  followed: string,
  tip: string,
  caller: Caller,
): Promise<boolean> {
  const base = await quarantine.mergeBase(followed, tip);
  const commits = await quarantine.newPeople(base, tip, MAX_COMMITS + 1);
  // What was proposed on the page is from him by the control node: its author counts.
  return commits.length <= MAX_COMMITS && commits.every(({ author }) => isBy(caller, author));
}

function isBy({ person }: Caller, email: string): boolean {
  return foldEmail(email) === foldEmail(person.email);
}
