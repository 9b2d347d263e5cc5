import { describe, expect, test } from 'vitest';
import type { DesiredState } from '../../../desired-state/model.ts';
import { type RoleBook, roleBook, rolesInForce } from '../../../web/access/roles.ts';
import { people } from '../../support/control-node.ts';
import { tenant } from '../../support/desired.ts';

describe('roles', () => {
  const book = roleBook(people());

  test('are what the platform names, whatever the case of the address', () => {
    expect(book.of('OPERATOR@example.com ', false)).toMatchObject({ role: 'operator', tenants: null });
    expect(book.of('admin@example.com', false)).toMatchObject({
      role: 'platform-admin',
      source: 'tenantry.yaml',
    });
  });

  test("make a tenant's owner its owner, and he sees his own alone", () => {
    const given = book.of('owner@acme.example', false);
    expect(given).toMatchObject({ role: 'tenant-owner', source: 'tenants/acme/tenant.yaml' });
    expect([...(given.tenants ?? [])]).toEqual(['acme']);
  });

  test('give nothing to whom nobody names', () => {
    expect(book.of('eve@example.com', false)).toMatchObject({ role: null, source: null });
    expect(book.of('eve@example.com', false).tenants?.size).toBe(0);
  });

  test('leave a viewer who owns a tenant both', () => {
    const state = people();
    const access = { ...state.platform.access, viewer: ['owner@acme.example'] };
    const given = roleBook({ ...state, platform: { ...state.platform, access } }).of(
      'owner@acme.example',
      false,
    );
    expect(given.role).toBe('viewer');
    expect([...given.owns]).toEqual(['acme']);
  });

  test('are those of the setup administrator until Git names one', () => {
    expect(roleBook(null).of('first@example.com', true)).toMatchObject({
      role: 'platform-admin',
      source: 'setup',
    });
    expect(book.of('first@example.com', true).role).toBeNull();
    const state = people();
    const access = { ...state.platform.access, 'platform-admin': [] };
    const without = roleBook({ ...state, platform: { ...state.platform, access } });
    expect(without.of('first@example.com', true).role).toBe('platform-admin');
    expect(without.of('eve@example.com', false).role).toBeNull();
  });

  test('of a tenant that was never valid are nobody’s', () => {
    const state = people();
    const entry = { name: 'acme', desired: null, heldAt: null, problems: [] };
    const held = roleBook({ ...state, tenants: { ...state.tenants, acme: entry } });
    expect(held.of('owner@acme.example', false).role).toBeNull();
  });

  test('are nobody’s while it is not known what Git says that was read before', () => {
    const git: { desired: DesiredState | null; head: string | null } = { desired: null, head: null };
    const branch = { desired: () => git.desired, head: () => git.head };
    const roleOf = (roles: () => RoleBook) => roles().of('first@example.com', true).role;
    const [before, never] = [rolesInForce(branch, true), rolesInForce(branch, false)];
    expect([roleOf(before), roleOf(never)]).toEqual([null, 'platform-admin']);
    // It is read, and nothing in it was ever valid: then nobody is named.
    git.head = 'a'.repeat(40);
    expect(roleOf(before)).toBe('platform-admin');
    git.desired = people();
    expect([roleOf(before), roleOf(never)]).toEqual([null, null]);
  });

  test('are read anew only when another revision is in force', () => {
    let desired = people();
    const current = rolesInForce({ desired: () => desired, head: () => null }, false);
    expect(current()).toBe(current());
    const first = current();
    const eve = tenant('eves', { owner: 'eve@example.com' });
    const entry = { name: 'eves', desired: eve, heldAt: null, problems: [] };
    desired = { ...desired, tenants: { ...desired.tenants, eves: entry } };
    expect(current()).not.toBe(first);
    expect(current().of('eve@example.com', false).role).toBe('tenant-owner');
  });
});
