/** One reference that a push wants to move; ids are 40 hex digits, all zero for "not there". */
export interface RefUpdate {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

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
 * The followed branch only grows: nodes refuse rewritten history. Other branches are proposals, which their makers may
 * rewrite and delete. Nothing else is kept here: tags would be names that nobody can take back.
 *
 * @param branch the followed branch, without `refs/heads/`
 * @param rewrites whether an update of that branch leaves out commits that are in it
 */
export function refuseUpdates(
  updates: readonly RefUpdate[],
  branch: string,
  rewrites: (update: RefUpdate) => boolean,
): string[] {
  if (updates.length > MAX_REFS) return [`${updates.length} references at once; push at most ${MAX_REFS}.`];
  return updates.flatMap((update) => {
    const { ref, after } = update;
    if (!ref.startsWith('refs/heads/') || NO_TREE_NAMES.test(ref))
      return [`${ref}: only branches are kept here. Push a branch.`];
    if (ref !== `refs/heads/${branch}`) return [];
    if (after === NO_COMMIT) return [`${branch} cannot be deleted: it is what the nodes follow.`];
    if (rewrites(update))
      return [
        `${branch} cannot be rewritten: nodes would hold. Fetch, merge or rebase onto it, and push again; to undo a commit, git revert it.`,
      ];
    return [];
  });
}
