import type { RevisionFiles } from '../branch/files.ts';
import type { FollowedBranch } from '../branch/follow.ts';
import type { Editor } from '../edits/request.ts';
import type { History } from '../history/history.ts';
import type { Tracker } from '../history/tracker.ts';
import type { Caller, Fleet } from '../ports.ts';
import type { AttentionDesk } from '../tenants/attention-desk.ts';
import type { Directory } from '../tenants/directory.ts';

/** JSON pointers of a file that a caller may change, each with all below it; `['']` is all, none is nothing. */
export type EditablePointers = (caller: Caller, path: string) => readonly string[];
/** What a caller may do to a tenant, in the words of the access table; to what belongs to none where that is null. */
export type ActionsOf = (caller: Caller, tenant: string | null) => readonly string[];

/** What the routes of tenants, files, history and channels take. */
export interface ApiParts {
  readonly branch: Pick<FollowedBranch, 'name' | 'repository' | 'head' | 'desired' | 'problems' | 'refresh'>;
  readonly files: RevisionFiles;
  readonly fleet: Fleet;
  readonly directory: Directory;
  readonly attention: Pick<AttentionDesk, 'of'>;
  readonly editor: Editor;
  readonly tracker: Tracker;
  readonly history: History;
  readonly editable: EditablePointers;
  readonly actionsOf: ActionsOf;
  readonly now: () => Date;
}
