import { foldEmail } from '../../schemas/email.ts';
import { isObject } from '../../schemas/is-object.ts';
import type { Proposal, SourceFiles } from './edit.ts';
import { editFile, proposal, valueOf } from './edit.ts';
import { EditError } from './edit-error.ts';
import { setValue } from './edit-yaml.ts';
import { valueAt } from './json-value.ts';

const roles = ['platform-admin', 'operator', 'viewer'] as const;
export type GivenRole = (typeof roles)[number];

/** One person, and the role that he is to have in the whole installation; null takes it away. */
export interface RoleChange {
  readonly email: string;
  readonly role: GivenRole | null;
  /** Who gives it: the setup's administrator is one only while Git names none, so with the first role he is written down. */
  readonly by: string;
}

/**
 * Gives one person a role (`spec.access` of tenantry.yaml) or takes his away; everybody else keeps what the file says.
 *
 * @throws EditError `edit/refused` when nobody would be left who can change it again
 */
export function giveRole(source: SourceFiles, change: RoleChange): Proposal {
  const path = 'tenantry.yaml';
  const access = valueAt(valueOf(source, path), ['spec', 'access']);
  const listed = (role: GivenRole): string[] => {
    const people = isObject(access) ? access[role] : undefined;
    return Array.isArray(people) ? people.map(String) : [];
  };
  const admins = listed('platform-admin');
  const moved = roles.flatMap((role) => {
    const before = listed(role);
    const after = withChange(before, role, change, admins.length === 0);
    if (role === 'platform-admin' && after.length === 0) throw noAdmin();
    const came = after.filter((email) => !before.includes(email));
    const went = before.filter((email) => !after.includes(email));
    return came.length + went.length === 0 ? [] : [{ role, after, came, went }];
  });
  return proposal({
    verb: 'access',
    subject: 'Change who may do what',
    body: moved.flatMap(({ role, came, went }) => [
      ...came.map((email) => `${email} is now ${role}.`),
      ...went.map((email) => `${email} is no longer ${role}.`),
    ]),
    edits: [
      editFile(source, path, (text) =>
        moved.reduce((current, { role, after }) => setValue(current, `/spec/access/${role}`, after), text),
      ),
    ],
  });
}

/** Addresses are compared without their case, and stay as they are written. */
function withChange(
  before: readonly string[],
  role: GivenRole,
  { email, role: given, by }: RoleChange,
  first: boolean,
): string[] {
  const has = (people: readonly string[], one: string): boolean =>
    people.some((written) => foldEmail(written) === foldEmail(one));
  const kept =
    role === given ? [...before] : before.filter((written) => foldEmail(written) !== foldEmail(email));
  const named = role === given && !has(kept, email) ? [...kept, foldEmail(email)] : kept;
  const needsBy = role === 'platform-admin' && first && foldEmail(by) !== foldEmail(email) && !has(named, by);
  return needsBy ? [foldEmail(by), ...named] : named;
}

function noAdmin(): EditError {
  return new EditError(
    'edit/refused',
    'Somebody has to be platform-admin, or nobody could ever change this again.',
  );
}
