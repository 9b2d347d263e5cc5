import type { Proposal, SourceFiles } from '../../desired-state/write/edit.ts';
import type { Accepted, Preview } from '../api/models/edit.ts';
import type { Caller } from '../ports.ts';

/** Why a person may not make a change of a file: where in it, and what to do instead. */
export interface EditRefusal {
  readonly path: string;
  /** JSON pointer of what he may not change; `''` is the whole file. */
  readonly pointer: string;
  readonly message: string;
}

/** Whether a person may make a change of a file. Pure; empty: he may. Null stands for "no such file". */
export type MayEdit = (
  caller: Caller,
  path: string,
  before: string | null,
  after: string | null,
) => readonly EditRefusal[];

export interface EditQuery {
  readonly propose?: boolean;
  readonly 'dry-run'?: boolean;
}

/** What somebody wants changed. */
export interface EditRequest {
  readonly caller: Caller;
  /** The revision that it was made from; null: the newest, whichever that is when it is committed. */
  readonly base: string | null;
  /** Tenants whose files the edit reads; the files of no tenant can always be read. */
  readonly tenants: readonly string[];
  /** Builds the proposal from the files of a revision. May be called again for a newer one when `base` is null. */
  readonly build: (source: SourceFiles) => Proposal | Promise<Proposal>;
  /** How it is brought onto a newer revision in which somebody else changed the same file. */
  readonly merge: 'lines' | 'fields';
  readonly query: EditQuery;
}

/** Makes edits: each one a commit, a branch that proposes one, or only a preview. */
export interface Editor {
  /**
   * @throws WebError 409 `edit/conflict` with both texts of each file; 403 `access/forbidden`
   * @throws EditError `edit/invalid` with located problems, and what the edit itself throws
   */
  edit(request: EditRequest): Promise<Accepted | Preview>;
}

/** Whether nothing was committed. */
export function isPreview(answer: Accepted | Preview): answer is Preview {
  return 'files' in answer;
}
