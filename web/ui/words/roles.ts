import type { AccessList } from '../../api/models/platform.ts';

export const givenRoles = ['platform-admin', 'operator', 'viewer'] as const;
export type GivenRole = (typeof givenRoles)[number];

/** Who has which role in tenantry.yaml, by e-mail. */
export type Access = Readonly<Record<GivenRole, readonly string[]>>;

/**
 * The roles as they would be with one person's changed; null takes it away. Whoever administrates without Git saying so
 * is written down as well: with the first administrator in Git, the setup's own would be gone.
 */
export function withRole(people: AccessList['people'], email: string, role: GivenRole | null): Access {
  const of = (wanted: GivenRole): string[] => {
    const others = people
      .filter((person) => person.role === wanted && person.email !== email)
      .map((person) => person.email);
    return [...new Set(role === wanted ? [...others, email] : others)];
  };
  return { 'platform-admin': of('platform-admin'), operator: of('operator'), viewer: of('viewer') };
}
