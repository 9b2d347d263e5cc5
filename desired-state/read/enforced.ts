import type { Problem } from '../../schemas/problem.ts';
import type { DesiredState, DesiredTenant } from '../model.ts';
import { type Claim, claimsOf } from './claims.ts';
import { overdrawnProblems, refusalProblem } from './conflicts.ts';
import type { JudgedFile } from './document-cache.ts';
import { hasErrors, sortProblems } from './problem-at.ts';
import { type Resolution, sameFiles } from './resolve.ts';
import { type Bidder, type Settlement, settle } from './settle.ts';
import type { Shared } from './shared.ts';
import { type ResolvedTenant, resolveTenant } from './tenant.ts';

/** A tenant's definition that is in force, and the files that it was read from. */
export interface EnforcedTenant {
  readonly desired: DesiredTenant;
  readonly files: readonly JudgedFile[];
  readonly revision: string;
}

/** What is in force at a revision: the revision's own word where that can stand, and what was in force before it else. */
export interface Enforced {
  readonly revision: string;
  /** The revision whose shared files are in force. */
  readonly baseRevision: string;
  readonly shared: Shared;
  /** Null for a tenant that never had a definition which could stand. */
  readonly tenants: ReadonlyMap<string, EnforcedTenant | null>;
  readonly siteClaims: ReadonlyMap<string, readonly Claim[]>;
  readonly notActedOn: DesiredState['notActedOn'];
  /** Problems of each tenant's newest files. */
  readonly tenantProblems: ReadonlyMap<string, readonly Problem[]>;
  /** All problems of the revision. */
  readonly problems: readonly Problem[];
  /** Whether all of it is the revision's own word, so that nothing depends on what was before. */
  readonly selfContained: boolean;
}

/**
 * What is in force at a revision, given what was in force at its first parent. Pure.
 *
 * @param previous null where there is no parent, or none with valid shared files
 * @returns null when the shared files are invalid and nothing was in force before
 */
export function enforce(previous: Enforced | null, resolution: Resolution): Enforced | null {
  if (resolution.shared === null) return previous === null ? null : hold(previous, resolution);
  return move(previous, resolution, resolution.shared);
}

/** The shared files are invalid: everything stays, and the problems are told. */
function hold(previous: Enforced, resolution: Resolution): Enforced {
  const tenantProblems = new Map([...resolution.tenants].map(([name, { problems }]) => [name, problems]));
  const broken = [...tenantProblems].filter(([, problems]) => hasErrors(problems));
  return {
    ...previous,
    revision: resolution.revision,
    tenants: new Map([...broken.map(([name]) => [name, null] as const), ...previous.tenants]),
    tenantProblems,
    problems: sortProblems([
      ...resolution.sharedProblems,
      ...resolution.problems,
      ...[...tenantProblems.values()].flat(),
    ]),
    selfContained: false,
  };
}

function move(previous: Enforced | null, resolution: Resolution, shared: Shared): Enforced {
  const ladders = [...resolution.tenants.values()].map((tenant) =>
    ladderOf(tenant, previous?.tenants.get(tenant.name) ?? null, resolution.revision, shared),
  );
  const sites = [...resolution.siteClaims].map(([path, claims]) => siteBidder(path, claims, previous));
  const settlement = settle([...ladders.map(({ bidder }) => bidder), ...sites]);
  const tenants = new Map(
    ladders.map(({ bidder, rungs }) => [
      bidder.holder,
      rungs[settlement.stages.get(bidder.holder) ?? 0] ?? null,
    ]),
  );
  const siteClaims = new Map(
    sites.map(({ holder, stages }) => [holder, stages[settlement.stages.get(holder) ?? 0] ?? []]),
  );
  const tenantProblems = new Map(
    [...resolution.tenants.values()].map((tenant) => [tenant.name, problemsOf(tenant, settlement)]),
  );
  const apart = [
    ...resolution.problems,
    ...sites.flatMap(({ holder }) => (settlement.refused.get(holder) ?? []).map(refusalProblem)),
    ...overdrawnProblems(settlement.overdrawn, shared),
  ];
  const held = [...tenantProblems.values()].flat();
  return {
    revision: resolution.revision,
    baseRevision: resolution.revision,
    shared,
    tenants,
    siteClaims,
    notActedOn: resolution.notActedOn,
    tenantProblems,
    problems: sortProblems([...resolution.sharedProblems, ...held, ...apart]),
    selfContained: !hasErrors(held) && settlement.refused.size === 0 && settlement.overdrawn.length === 0,
  };
}

interface Ladder {
  readonly bidder: Bidder;
  /** One definition for each stage of the bidder. */
  readonly rungs: readonly EnforcedTenant[];
}

/**
 * What may be in force for a tenant, best first: its newest files; the files that are in force, against today's
 * shared files; what is in force, unchanged.
 */
function ladderOf(
  tenant: ResolvedTenant,
  before: EnforcedTenant | null,
  revision: string,
  shared: Shared,
): Ladder {
  const { name, files, desired } = tenant;
  const rungs: EnforcedTenant[] = [];
  if (desired !== null) rungs.push({ desired, files, revision });
  if (before !== null) {
    const again = sameFiles(before.files, files) ? tenant : resolveTenant(name, before.files, shared);
    if (again !== tenant && again.desired !== null) rungs.push({ ...before, desired: again.desired });
    rungs.push(before);
  }
  const claims = (rung: EnforcedTenant): Claim[] => claimsOf(rung.desired, rung.files, shared.nodes);
  const held = before === null ? [] : claims(before);
  return { rungs, bidder: { holder: name, stages: rungs.map(claims), held: amounts(held) } };
}

function siteBidder(path: string, claims: readonly Claim[], previous: Enforced | null): Bidder {
  const before = previous?.siteClaims.get(path) ?? [];
  return { holder: path, stages: [claims, before], held: amounts(before) };
}

function amounts(claims: readonly Claim[]): ReadonlyMap<string, number> {
  return new Map(claims.map(({ key, amount }) => [key, amount]));
}

/** What is wrong with the tenant's newest files; a tenant that has errors of its own already says enough. */
function problemsOf({ name, desired, problems }: ResolvedTenant, settlement: Settlement): readonly Problem[] {
  if (desired === null) return problems;
  return [...problems, ...(settlement.refused.get(name) ?? []).map(refusalProblem)];
}
