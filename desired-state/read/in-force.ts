import type { Problem } from '../../schemas/problem.ts';
import type { DesiredState } from '../model.ts';
import type { Claim } from './claims.ts';
import type { Shared } from './shared.ts';
import type { Definition, ResolvedTenant } from './tenant.ts';

/** What is in force at a revision: the revision's own word where that can stand, and what was in force before it else. */
export interface Enforced {
  readonly revision: string;
  /** The revision whose shared files are in force; what is not held elsewhere is as it says. */
  readonly baseRevision: string;
  readonly shared: Shared;
  /** In the order of names; null for a tenant that never had a definition which could stand. */
  readonly tenants: ReadonlyMap<string, Definition | null>;
  /** What the tenants of the newest revision with valid shared files say themselves, of which that is what could stand. */
  readonly weighed: ReadonlyMap<string, ResolvedTenant>;
  /** Tenants for whom something else is in force than their newest word there. */
  readonly held: ReadonlySet<string>;
  readonly siteClaims: ReadonlyMap<string, readonly Claim[]>;
  /** Whether a limit of the shared files has come down below what is there. */
  readonly overdrawn: boolean;
  readonly notActedOn: DesiredState['notActedOn'];
  /** Problems of each tenant's newest files, for those that have any. */
  readonly tenantProblems: ReadonlyMap<string, readonly Problem[]>;
  /** All problems of the revision. */
  readonly problems: readonly Problem[];
  /** Whether all of it is the revision's own word, so that nothing depends on what was before. */
  readonly selfContained: boolean;
}
