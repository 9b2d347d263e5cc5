import { mergeLines } from '../../desired-state/git/merge-file.ts';
import type { Edit, Proposal, SourceFiles } from '../../desired-state/write/edit.ts';
import type { ConflictingFile } from '../../desired-state/write/edit-error.ts';
import { mergeFields } from '../../desired-state/write/merge-fields.ts';
import { WebError } from '../errors.ts';

/** A revision and its files, as far as an edit may read them. */
export interface EditBase {
  readonly revision: string;
  readonly files: SourceFiles;
}

/**
 * The proposal as an edit of a newer revision. What somebody else changed in the same files is kept.
 * @throws WebError 409 `edit/conflict` with all texts of the files in which both changed the same
 */
export async function rebased(
  proposal: Proposal,
  base: EditBase,
  head: EditBase,
  merge: 'lines' | 'fields',
): Promise<Proposal> {
  if (base.revision === head.revision) return proposal;
  const conflicts: ConflictingFile[] = [...besides(proposal, base.files, head.files)];
  const edits: Edit[] = [];
  for (const edit of proposal.edits) {
    const theirs = head.files.read(edit.path);
    const merged = await mergedText(edit, theirs, merge);
    if (merged === undefined) conflicts.push(conflicting(edit, theirs));
    else if (merged !== theirs) edits.push({ path: edit.path, before: theirs, after: merged });
  }
  if (conflicts.length === 0) return { ...proposal, edits };
  const names = conflicts.map(({ path }) => path).join(', ');
  throw new WebError(
    'edit/conflict',
    409,
    `"${proposal.subject}" was not committed: somebody else has changed ${names} meanwhile (now at ${head.revision.slice(0, 12)}). Look at the newer text and make the edit again.`,
    { conflict: { revision: head.revision, files: conflicts } },
  );
}

/** Undefined when it cannot be merged. */
async function mergedText(
  { before, after }: Edit,
  theirs: string | null,
  merge: 'lines' | 'fields',
): Promise<string | null | undefined> {
  if (theirs === before || theirs === after) return after;
  if (before === null || after === null || theirs === null) return undefined;
  const merged =
    merge === 'fields' ? mergeFields(before, after, theirs) : await mergeLines(before, after, theirs);
  return merged ?? undefined;
}

/** Other files of the folders that the proposal takes as a whole, where somebody changed them. */
function besides({ edits, folders }: Proposal, base: SourceFiles, head: SourceFiles): ConflictingFile[] {
  if (folders.length === 0) return [];
  const known = new Set(edits.map(({ path }) => path));
  const inFolders = (path: string): boolean => folders.some((folder) => path.startsWith(folder));
  return [...new Set([...base.list(), ...head.list()])]
    .filter((path) => inFolders(path) && !known.has(path))
    .map((path) => conflicting({ path, before: base.read(path), after: base.read(path) }, head.read(path)))
    .filter(({ base: before, theirs }) => before !== theirs);
}

function conflicting({ path, before, after }: Edit, theirs: string | null): ConflictingFile {
  return { path, base: before, ours: after, theirs };
}
