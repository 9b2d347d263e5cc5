import { type GivenRoles, setRoles } from '../../desired-state/write/access-edits.ts';
import type { Accepted, Preview } from '../api/models/edit.ts';
import type { Caller } from '../ports.ts';
import type { Editor } from './request.ts';

/** Who is to have which role, and how that is to be written. */
export interface RolesRequest {
  readonly caller: Caller;
  readonly roles: GivenRoles;
  readonly base: string | null;
  readonly dryRun: boolean;
  readonly propose: boolean;
}

/** Makes the commit that gives roles: what the routes of access take as `setRoles`. */
export function rolesEdit(editor: Editor): (request: RolesRequest) => Promise<Accepted | Preview> {
  return ({ caller, roles, base, dryRun, propose }) =>
    editor.edit({
      caller,
      base,
      tenants: [],
      build: (source) => setRoles(source, roles),
      merge: 'fields',
      query: { propose, 'dry-run': dryRun },
    });
}
