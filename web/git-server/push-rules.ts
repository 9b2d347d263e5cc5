/** One reference that a push wants to move; ids are 40 hex digits, all zero for "not there". */
export interface RefUpdate {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** How a branch would go on: along its first parents, beside them, or without what is in it. */
export type Way = 'on' | 'aside' | 'back';

export const NO_COMMIT = '0'.repeat(40);
const NO_TREE_NAMES = /[\u0000-\u0020\u007f]/;
const MAX_REFS = 20;

/** The lines that Git gives a pre-receive hook. @throws Error for anything else */
export function parseUpdates(text: string): RefUpdate[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const found = /^([0-9a-f]{40}) ([0-9a-f]{40}) (refs\/\S+)$/.exec(line);
      const [, before, after, ref] = found ?? [];
      if (before === undefined || after === undefined || ref === undefined)
        throw new Error(`git wrote a line that is not understood: ${line.slice(0, 120)}`);
      return { before, after, ref };
    });
}

/**
 * What may not be pushed at all, whatever is in it: sentences; none when all may be.
 *
 * The followed branch only grows, along its first parents: nodes refuse rewritten history, and what was last valid is
 * looked for commit by commit along those. Other branches are proposals, which their makers may rewrite and delete (who
 * that is: `proposal-rules.ts`). Nothing else is kept here: tags would be names that nobody can take back.
 *
 * @param branch the followed branch, without `refs/heads/`
 * @param wayOf how an update of that branch goes on from what is there
 */
export function refuseUpdates(
  updates: readonly RefUpdate[],
  branch: string,
  wayOf: (update: RefUpdate) => Way,
): string[] {
  if (updates.length > MAX_REFS) return [`${updates.length} references at once; push at most ${MAX_REFS}.`];
  return updates.flatMap((update) => {
    const { ref, after } = update;
    if (!ref.startsWith('refs/heads/') || NO_TREE_NAMES.test(ref))
      return [`${ref}: only branches are kept here. Push a branch.`];
    if (ref === 'refs/heads/proposals')
      return ['proposals: branches of proposals are below this name, so none can have it.'];
    if (ref !== `refs/heads/${branch}`) return [];
    if (after === NO_COMMIT) return [`${branch} cannot be deleted: it is what the nodes follow.`];
    switch (wayOf(update)) {
      case 'on':
        return [];
      case 'back':
        return [
          `${branch} cannot be rewritten: nodes would hold. Fetch, rebase onto it, and push again; to undo a commit, git revert it.`,
        ];
      case 'aside':
        return [
          `This push would leave what ${branch} was until now beside it: its commits come by the second parent of a merge. Rebase instead: git pull --rebase; or merge from ${branch}: git switch ${branch} and git merge --no-ff of your branch.`,
        ];
    }
  });
}
