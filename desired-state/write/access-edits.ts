import type { Proposal, SourceFiles } from './edit.ts';
import { editFile, proposal, valueOf } from './edit.ts';
import { setValue } from './edit-yaml.ts';
import { isObject, valueAt } from './json-value.ts';

/** Who has which role in the whole installation, by e-mail address. */
export type GivenRoles = Readonly<Record<'platform-admin' | 'operator' | 'viewer', readonly string[]>>;

/** Sets who has which role (`spec.access` of tenantry.yaml); a role whose people stay is not written anew. */
export function setRoles(source: SourceFiles, roles: GivenRoles): Proposal {
  const path = 'tenantry.yaml';
  const access = valueAt(valueOf(source, path), ['spec', 'access']);
  const moved = Object.entries(roles).flatMap(([role, people]) => {
    const listed = isObject(access) ? access[role] : undefined;
    const before = Array.isArray(listed) ? listed.map(String) : [];
    const came = people.filter((email) => !before.includes(email));
    const went = before.filter((email) => !people.includes(email));
    return came.length + went.length === 0 ? [] : [{ role, people, came, went }];
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
        moved.reduce(
          (current, { role, people }) => setValue(current, `/spec/access/${role}`, [...people]),
          text,
        ),
      ),
    ],
  });
}
