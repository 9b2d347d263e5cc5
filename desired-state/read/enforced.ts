import type { Problem } from '../../schemas/problem.ts';
import { type Claim, claimsOf } from './claims.ts';
import { overdrawnProblems, refusalProblem } from './conflicts.ts';
import type { Enforced } from './in-force.ts';
import { Ledger } from './ledger.ts';
import { hasErrors, sortProblems } from './problem-at.ts';
import { type Resolution, sameFiles } from './resolve.ts';
import { type Bidder, type Settlement, settle } from './settle.ts';
import type { Shared } from './shared.ts';
import { changedKeys, withChanges } from './sorted-map.ts';
import { type Definition, type ResolvedTenant, resolvingTenant } from './tenant.ts';
import { atOnce, type Interruptible } from './turns.ts';

/**
 * What is in force at a revision, given what was in force at its first parent.
 *
 * @param previous null where there is no parent, or none with valid shared files
 * @param ledger what spares weighing again what has not changed; the answer is the same with any
 * @returns null when the shared files are invalid and nothing was in force before
 */
export function enforce(
  previous: Enforced | null,
  resolution: Resolution,
  ledger: Ledger = new Ledger(),
): Enforced | null {
  return atOnce(enforcing(previous, resolution, ledger));
}

/** The same for revisions of any size: a new limit has every tenant weighed again. */
export function* enforcing(
  previous: Enforced | null,
  resolution: Resolution,
  ledger: Ledger,
): Interruptible<Enforced | null> {
  if (resolution.shared !== null) return yield* move(previous, resolution, resolution.shared, ledger);
  return previous === null ? null : hold(previous, resolution);
}

/** The shared files are invalid: everything stays, and the problems are told. */
function hold(previous: Enforced, resolution: Resolution): Enforced {
  const tenantProblems = new Map(
    [...resolution.tenants].flatMap(([name, { problems }]) =>
      problems.length > 0 ? [[name, problems]] : [],
    ),
  );
  const broken = [...tenantProblems].filter(([, problems]) => hasErrors(problems));
  const held = broken.map(([name]): [string, Definition | null] => {
    const before = previous.tenants.get(name) ?? null;
    return [name, before && { ...before, heldAt: before.heldAt ?? previous.baseRevision }];
  });
  return {
    ...previous,
    revision: resolution.revision,
    tenants: withChanges(previous.tenants, new Map(held)),
    held: previous.held.union(new Set(broken.map(([name]) => name))),
    tenantProblems,
    problems: sortProblems([
      ...resolution.sharedProblems,
      ...resolution.problems,
      ...[...tenantProblems.values()].flat(),
    ]),
    selfContained: false,
  };
}

function* move(
  previous: Enforced | null,
  resolution: Resolution,
  shared: Shared,
  ledger: Ledger,
): Interruptible<Enforced> {
  // Only under the same limits does what stood stand again unasked.
  const steady = previous !== null && previous.shared === shared && !previous.overdrawn ? previous : null;
  const ladders: Ladder[] = [];
  const inForce: ReadonlyMap<string, Definition | null> = previous?.tenants ?? new Map<string, null>();
  const changes = new Map<string, Definition | null | undefined>();
  const tenantProblems = new Map<string, readonly Problem[]>();
  const leaving: Definition[] = [];
  for (const name of namesToWeigh(previous, steady, resolution)) {
    yield;
    const tenant = resolution.tenants.get(name);
    const known = inForce.get(name);
    const before = known ?? null;
    if (before !== null && before !== tenant?.newest) leaving.push(before);
    if (known !== tenant?.newest) changes.set(name, tenant?.newest);
    if (tenant === undefined) continue;
    if (tenant.problems.length > 0) tenantProblems.set(name, tenant.problems);
    if (steady === null || before === null || before !== tenant.newest)
      ladders.push(yield* layingLadder(tenant, before, previous, shared));
  }
  const standing = ledger.take(steady, leaving);
  const sites = [...resolution.siteClaims].map(([path, claims]) => siteBidder(path, claims, previous));
  const settlement = yield* settle([...ladders.map(({ bidder }) => bidder), ...sites], standing);
  const held = new Set<string>();
  for (const { tenant, bidder, rungs } of ladders) {
    yield;
    const stands = rungs[settlement.stages.get(bidder.holder) ?? 0] ?? null;
    changes.set(tenant.name, stands);
    if (stands !== tenant.newest) held.add(tenant.name);
    if (stands !== null) standing.enter(stands.claims);
    const problems = problemsOf(tenant, settlement);
    if (problems.length > 0) tenantProblems.set(tenant.name, problems);
  }
  const siteClaims = new Map(
    sites.map(({ holder, stages }) => [holder, stages[settlement.stages.get(holder) ?? 0] ?? []]),
  );
  const theirs = [...tenantProblems.values()].flat();
  const enforced: Enforced = {
    revision: resolution.revision,
    baseRevision: resolution.revision,
    shared,
    tenants: withChanges(inForce, changes),
    weighed: resolution.tenants,
    held,
    siteClaims,
    overdrawn: settlement.overdrawn.length > 0,
    notActedOn: resolution.notActedOn,
    tenantProblems,
    problems: sortProblems([
      ...resolution.sharedProblems,
      ...theirs,
      ...resolution.problems,
      ...sites.flatMap(({ holder }) => (settlement.refused.get(holder) ?? []).map(refusalProblem)),
      ...overdrawnProblems(settlement.overdrawn, shared),
    ]),
    selfContained: !hasErrors(theirs) && settlement.refused.size === 0 && settlement.overdrawn.length === 0,
  };
  ledger.give(enforced, standing);
  return enforced;
}

/**
 * Whoever may come out otherwise than before; of the rest, what stands is their newest word, and nobody has anything to
 * say of it.
 *
 * @param steady what was in force, where only tenants can have changed since; null when all are to be weighed
 */
function namesToWeigh(
  previous: Enforced | null,
  steady: Enforced | null,
  { tenants }: Resolution,
): ReadonlySet<string> {
  if (steady === null) return new Set([...(previous?.tenants.keys() ?? []), ...tenants.keys()]);
  const { weighed, held, tenantProblems } = steady;
  return changedKeys(weighed, tenants).union(held).union(new Set(tenantProblems.keys()));
}

/** What a tenant may get, best first. */
interface Ladder {
  readonly tenant: ResolvedTenant;
  /** What it had. */
  readonly before: Definition | null;
  readonly bidder: Bidder;
  /** One definition for each stage of the bidder. */
  readonly rungs: readonly Definition[];
}

/**
 * What may be in force for a tenant, best first: its newest files; the files that are in force, against today's
 * shared files; what is in force, unchanged.
 */
function* layingLadder(
  tenant: ResolvedTenant,
  before: Definition | null,
  previous: Enforced | null,
  shared: Shared,
): Interruptible<Ladder> {
  const { name, files, newest } = tenant;
  const rungs: Definition[] = newest === null ? [] : [newest];
  let held: readonly Claim[] = [];
  if (before !== null && previous !== null) {
    const heldAt = before.heldAt ?? previous.baseRevision;
    const again = sameFiles(before.files, files)
      ? tenant
      : yield* resolvingTenant(name, before.files, shared);
    if (again !== tenant && again.newest !== null) rungs.push({ ...again.newest, heldAt });
    held = previous.shared === shared ? before.claims : claimsOf(before.desired, before.files, shared.nodes);
    rungs.push({ ...before, claims: held, heldAt });
  }
  const bidder = { holder: name, stages: rungs.map(({ claims }) => claims), held: amounts(held) };
  return { tenant, before, bidder, rungs };
}

function siteBidder(path: string, claims: readonly Claim[], previous: Enforced | null): Bidder {
  const before = previous?.siteClaims.get(path) ?? [];
  return { holder: path, stages: [claims, before], held: amounts(before) };
}

function amounts(claims: readonly Claim[]): ReadonlyMap<string, number> {
  return new Map(claims.map(({ key, amount }) => [key, amount]));
}

/** What is wrong with the tenant's newest files; a tenant that has errors of its own already says enough. */
function problemsOf({ name, newest, problems }: ResolvedTenant, settlement: Settlement): readonly Problem[] {
  const refused = settlement.refused.get(name);
  if (newest === null || refused === undefined) return problems;
  return [...problems, ...sortProblems(refused.map(refusalProblem))];
}
