import { giveRole, type RoleChange } from '../../desired-state/write/access-edits.ts';
import type { Accepted, Preview } from '../api/models/edit.ts';
import type { Caller } from '../ports.ts';
import type { Editor } from './request.ts';

/** Who is to have which role, and how that is to be written. */
export interface RoleRequest extends Pick<RoleChange, 'email' | 'role'> {
  readonly caller: Caller;
  readonly base: string | null;
  readonly dryRun: boolean;
  readonly propose: boolean;
}

/** Makes the commit that gives a role: what the routes of access take as `giveRole`. */
export function roleEdit(editor: Editor): (request: RoleRequest) => Promise<Accepted | Preview> {
  return ({ caller, email, role, base, dryRun, propose }) =>
    editor.edit({
      caller,
      base,
      tenants: [],
      build: (source) => giveRole(source, { email, role, by: caller.person.email }),
      merge: 'fields',
      query: { propose, 'dry-run': dryRun },
    });
}
