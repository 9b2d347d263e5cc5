import { noSuchTenant, WebError } from '../errors.ts';
import type { Caller } from '../ports.ts';
import { accessTable, type TableLine } from './table.ts';

/**
 * Whether a caller may have a route; null is yes. Pure.
 *
 * @param caller null: nobody is signed in
 * @param tenant the tenant that the path names; null when it names none
 * @returns what to answer: 401 without an account, 403 without the role, 404 for a tenant that he may not know of
 */
export function judge(
  { action, who }: TableLine,
  caller: Caller | null,
  tenant: string | null,
): WebError | null {
  if (who === 'anyone' || who === 'self') return null;
  if (caller === null) {
    return new WebError('auth/required', 401, 'Sign in first: this is not for everybody.', {
      headers: { 'www-authenticate': 'Bearer realm="tenantry"' },
    });
  }
  if (who === 'signed-in') return null;
  if (caller.role === null) {
    return new WebError(
      'access/no-role',
      403,
      `Nothing is given to ${caller.person.email}: a platform-admin names people in tenantry.yaml under spec.access.`,
    );
  }
  if (tenant !== null && !seesTenant(caller, tenant)) return noSuchTenant(tenant);
  const asOwner =
    who.includes('tenant-owner') && (tenant === null ? isOwner(caller) : caller.owns.has(tenant));
  const asRole = caller.role !== 'tenant-owner' && who.includes(caller.role);
  if (asOwner || asRole) return null;
  return new WebError(
    'access/forbidden',
    403,
    `"${action}" is for ${who.join(', ')}; you are ${caller.role}. Ask a platform-admin.`,
  );
}

/** Whether a caller may know that a tenant is there. */
export function seesTenant(caller: Caller, tenant: string): boolean {
  return caller.role !== null && (caller.tenants === null || caller.tenants.has(tenant));
}

/** Whether a caller is shown a tenant's QR code: it is a credential, for whoever may begin a pairing. */
export function seesCode(caller: Caller, tenant: string): boolean {
  return judge(accessTable['POST /v1/tenants/:tenant/whatsapp/pair/start'], caller, tenant) === null;
}

/** The actions that a caller may ask for: on `tenant`, or where that is null on what belongs to no tenant. */
export function actionsOf(caller: Caller, tenant: string | null): string[] {
  const lines: [string, TableLine][] = Object.entries(accessTable);
  const allowed = lines
    .filter(([route]) => route.includes('/:tenant') === (tenant !== null))
    .filter(([, { who }]) => Array.isArray(who))
    .filter(([, line]) => judge(line, caller, tenant) === null);
  return [...new Set(allowed.map(([, { action }]) => action))].toSorted();
}

const isOwner = (caller: Caller): boolean => caller.role === 'tenant-owner' || caller.owns.size > 0;
