import type { AccessList } from '../api/models/platform.ts';
import { listAccounts } from '../auth/accounts.ts';
import { openInvitations } from '../auth/invitations.ts';
import type { Database } from '../ports.ts';
import type { RoleBook } from './roles.ts';

/** Everybody whom Git names, and everybody who signed up and has a role; whom nothing is given is not listed. */
export async function accessListOf(db: Database, roles: RoleBook, now: number): Promise<AccessList> {
  const accounts = new Map((await listAccounts(db)).map((account) => [account.email, account]));
  const emails = new Set([...roles.people, ...accounts.keys()]);
  const people = [...emails].toSorted().flatMap((email) => {
    const account = accounts.get(email);
    const { role, owns, source } = roles.of(email, account?.setup ?? false);
    if (role === null || source === null) return [];
    return {
      email,
      name: account?.name ?? null,
      role,
      tenants: [...owns].toSorted(),
      source,
      signedUp: account !== undefined,
      lastSeen: account?.seenAt ?? null,
    };
  });
  return { people, invitations: [...(await openInvitations(db, now))] };
}
