/** A file that differs. Blob ids; null where it is not there. */
export interface FileDiff {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface CommitDiff {
  readonly commit: string;
  readonly files: readonly FileDiff[];
}

const NOTHING = /^0+$/;

/**
 * Reads `git diff-tree -z --raw --full-index`, of one pair of commits or of many (`--stdin`, with `-c` for merges, whose
 * lines begin with one colon a parent; the first parent is what was before). Pure.
 *
 * @param commit of a pair, which the output does not name; null where it names each
 * @throws Error when the output is not understood
 */
export function parseDiffTree(output: Buffer, commit: string | null): CommitDiff[] {
  const diffs: { commit: string; files: FileDiff[] }[] = commit === null ? [] : [{ commit, files: [] }];
  const tokens = output.toString('utf8').split('\0');
  tokens.pop();
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] ?? '';
    if (/^[0-9a-f]{40}$/.test(token)) {
      diffs.push({ commit: token, files: [] });
      continue;
    }
    const path = tokens[++index];
    const colons = /^:+/.exec(token)?.[0].length ?? 0;
    const fields = token.slice(colons).split(' ');
    // Modes of each parent and of the outcome, then their ids, then a letter a parent.
    const before = fields[colons + 1];
    const after = fields[2 * colons + 1];
    const current = diffs.at(-1);
    if (
      colons === 0 ||
      before === undefined ||
      after === undefined ||
      path === undefined ||
      current === undefined
    )
      throw new Error(`git diff-tree wrote a line that is not understood: ${token.slice(0, 120)}`);
    current.files.push({ path, before: orNull(before), after: orNull(after) });
  }
  return diffs;
}

function orNull(oid: string): string | null {
  return NOTHING.test(oid) ? null : oid;
}
