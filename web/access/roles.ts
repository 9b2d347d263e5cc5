import type { DesiredState } from '../../desired-state/model.ts';
import { foldEmail } from '../../schemas/email.ts';
import type { Role } from '../api/models/platform.ts';
import type { Branch, Caller } from '../ports.ts';

/** What Git gives one person. */
export interface Given extends Pick<Caller, 'role' | 'tenants' | 'owns'> {
  /** The file that gives it; `setup` for the first administrator; null for nothing. */
  readonly source: string | null;
}

/** Who may do what, as one revision says it. */
export interface RoleBook {
  /** @param setup whether he signed up with the setup token */
  of(email: string, setup: boolean): Given;
  /** Everybody whom Git names, folded. */
  readonly people: readonly string[];
}

/** The strongest first: who has several has the first of them, and the tenants that he owns in any case. */
const platformRoles = ['platform-admin', 'operator', 'viewer'] as const;
const nothing: ReadonlySet<string> = new Set();

/** Whether a role is one that makes changes for all tenants: it brings others' work as well, and tidies up after them. */
export function actsForAll(role: Role | null): role is 'platform-admin' | 'operator' {
  return role === 'platform-admin' || role === 'operator';
}

/**
 * @param desired what is in force; null when nothing ever was: then only the setup administrator may do anything
 * @param isKnown whether it is known what Git says. While it is not, Git may well name an administrator
 */
export function roleBook(desired: DesiredState | null, isKnown = true): RoleBook {
  const roles = new Map<string, Role>();
  for (const role of platformRoles) {
    for (const email of desired?.platform.access[role] ?? []) {
      if (!roles.has(foldEmail(email))) roles.set(foldEmail(email), role);
    }
  }
  const owned = new Map<string, Set<string>>();
  for (const { name, desired: tenant } of Object.values(desired?.tenants ?? {})) {
    if (tenant === null) continue;
    const email = foldEmail(tenant.owner);
    owned.set(email, (owned.get(email) ?? new Set()).add(name));
  }
  const hasAdmin = (desired?.platform.access['platform-admin'] ?? []).length > 0;
  return {
    people: [...new Set([...roles.keys(), ...owned.keys()])].toSorted(),
    of(email, setup) {
      const owns = owned.get(foldEmail(email)) ?? nothing;
      if (setup && !hasAdmin && isKnown)
        return { role: 'platform-admin', tenants: null, owns, source: 'setup' };
      const role = roles.get(foldEmail(email));
      if (role !== undefined) return { role, tenants: null, owns, source: 'tenantry.yaml' };
      const [first] = owns;
      if (first === undefined) return { role: null, tenants: nothing, owns, source: null };
      return { role: 'tenant-owner', tenants: owns, owns, source: `tenants/${first}/tenant.yaml` };
    },
  };
}

/**
 * Follows a branch: the book of what is in force now, made once for each revision that changes it.
 *
 * @param wasRead whether the branch was read before: until it is read again, nobody knows whom it names
 */
export function rolesInForce(branch: Pick<Branch, 'desired' | 'head'>, wasRead: boolean): () => RoleBook {
  const made = new Map<boolean, { readonly of: DesiredState | null; readonly book: RoleBook }>();
  return () => {
    const desired = branch.desired();
    const isKnown = !wasRead || branch.head() !== null;
    const last = made.get(isKnown);
    if (last !== undefined && last.of === desired) return last.book;
    const book = roleBook(desired, isKnown);
    made.set(isKnown, { of: desired, book });
    return book;
  };
}
