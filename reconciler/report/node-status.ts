import type { DesiredState, TenantEntry } from '../../desired-state/model.ts';
import { own } from '../../schemas/own.ts';
import { firstProblems } from '../../schemas/problem.ts';
import type { TenantResult } from '../apply/run.ts';
import { blankMemory, type TenantMemory } from '../plan/memory.ts';
import {
  nothingObserved,
  type ObservedContainer,
  type ObservedNode,
  type ObservedTenant,
} from '../plan/observed.ts';
import type { Plan, TenantPlan } from '../plan/plan.ts';
import { rolesOf } from '../plan/roles.ts';
import { phaseOf } from './phase.ts';
import type { HealthStatus, NodeStatus, PassCost, SourceStatus, TenantStatus, Trouble } from './status.ts';

/** What a status is made from: the last pass and what is going on since. */
export interface StatusInput {
  readonly plan: Plan;
  readonly desired: DesiredState;
  readonly observed: ObservedNode;
  readonly memory: Readonly<Record<string, TenantMemory>>;
  readonly engine: NodeStatus['engine'];
  readonly pid: number | null;
  readonly source: SourceStatus;
  readonly cost: PassCost;
  readonly trouble: Trouble | null;
  /** The plan whose steps run now; null for a tenant that nothing is done to. */
  readonly underWay: (tenant: string) => TenantPlan | null;
  readonly results: ReadonlyMap<string, TenantResult>;
  readonly healthOf: (tenant: string) => HealthStatus;
  readonly retryInMs: (plan: TenantPlan) => number;
  /** The statuses before these: what did not change is kept, and a phase that did not keeps its beginning. */
  readonly cache: StatusCache;
  readonly now: number;
}

/** What the node says about itself. Pure. */
export function nodeStatus(input: StatusInput): NodeStatus {
  const { plan, desired, engine, pid, source, cost, trouble, now } = input;
  return {
    platform: desired.platform.name,
    node: plan.node,
    engine,
    pid,
    revision: desired.revision,
    baseRevision: desired.baseRevision,
    source,
    at: now,
    tenants: tenantStatuses(input),
    holds: plan.holds,
    retained: plan.retained,
    problems: firstProblems(desired.problems),
    notActedOn: desired.notActedOn,
    lastPass: cost,
    trouble,
  };
}

/** Each tenant's newest status with what it was made from. Without one, phases begin now. */
export type StatusCache = Map<string, { readonly from: TenantFacts; readonly status: TenantStatus }>;

/** All that one tenant's status depends on. */
interface TenantFacts {
  readonly plan: TenantPlan;
  readonly entry: TenantEntry | null;
  readonly observed: ObservedTenant;
  readonly memory: TenantMemory;
  readonly health: HealthStatus;
  readonly underWay: TenantPlan | null;
  readonly lastResult: TenantResult | null;
  readonly retryInMs: number;
}

/** One status a tenant of the node, ordered by name; also for tenants without any valid revision. */
function tenantStatuses(input: StatusInput): TenantStatus[] {
  const { desired, plan, cache } = input;
  const plans = [...plan.tenants];
  for (const name in desired.tenants) {
    const entry = desired.tenants[name];
    if (entry?.desired === null) plans.push(invalidPlan(entry.name, entry.problems.length));
  }
  const statuses = plans.map((each) => tenantStatus(each, input));
  if (cache.size > statuses.length) {
    const present = new Set(statuses.map(({ tenant }) => tenant));
    for (const name of cache.keys()) if (!present.has(name)) cache.delete(name);
  }
  // Plans are ordered already.
  if (plans.length === plan.tenants.length) return statuses;
  return statuses.sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
}

function tenantStatus(plan: TenantPlan, input: StatusInput): TenantStatus {
  const name = plan.tenant;
  const facts: TenantFacts = {
    plan,
    entry: own(input.desired.tenants, name) ?? null,
    observed: own(input.observed.tenants, name) ?? nothingObserved,
    memory: own(input.memory, name) ?? blankMemory,
    health: input.healthOf(name),
    underWay: input.underWay(name),
    lastResult: input.results.get(name) ?? null,
    retryInMs: input.retryInMs(plan),
  };
  const known = input.cache.get(name);
  const kept = known !== undefined && sameFacts(known.from, facts) ? known.status : null;
  const before = known?.status;
  const status =
    kept === null
      ? statusFrom(name, facts, before, input.now)
      : kept.revision === plan.revision
        ? kept
        : { ...kept, revision: plan.revision };
  if (known === undefined || known.status !== status || known.from.plan !== plan) {
    input.cache.set(name, { from: facts, status });
  }
  return status;
}

/** Whether a status made from `b` would be the one made from `a`, but for its revision. */
function sameFacts(a: TenantFacts, b: TenantFacts): boolean {
  return (
    a.observed === b.observed &&
    a.memory === b.memory &&
    a.health === b.health &&
    a.lastResult === b.lastResult &&
    a.underWay === b.underWay &&
    // The reason of a tenant that waits counts the seconds.
    a.retryInMs === 0 &&
    b.retryInMs === 0 &&
    (a.plan === b.plan ||
      (a.plan.changes === b.plan.changes &&
        a.plan.waves === b.plan.waves &&
        a.plan.refusals === b.plan.refusals)) &&
    (a.entry === b.entry || (a.entry?.desired === b.entry?.desired && sameProblems(a.entry, b.entry)))
  );
}

/** A problem tells at which revision the tenant is kept. */
function sameProblems(a: TenantEntry | null, b: TenantEntry | null): boolean {
  return a?.problems.length === 0 && b?.problems.length === 0;
}

function statusFrom(
  name: string,
  { plan, entry, observed, memory, health, underWay, lastResult, retryInMs }: TenantFacts,
  before: TenantStatus | undefined,
  now: number,
): TenantStatus {
  const { main, next, old } = rolesOf(name, observed);
  const container = main ?? next ?? old;
  const { phase, reason } = phaseOf({
    plan,
    entry,
    container,
    wantsRunning: entry?.desired?.state === 'running',
    health,
    underWay,
    lastResult,
    retryInMs,
  });
  return {
    tenant: name,
    phase,
    reason,
    since: before?.phase === phase ? before.since : now,
    revision: plan.revision,
    state: stateWord(container),
    health,
    ...containerFacts(container),
    changes: plan.changes,
    refusals: plan.refusals,
    problems: firstProblems(entry?.problems ?? []),
    lastResult,
    quarantine: memory.quarantine,
    pairing: memory.pairing,
    disconnect: memory.disconnect,
  };
}

function containerFacts(
  container: ObservedContainer | null,
): Pick<TenantStatus, 'image' | 'imageId' | 'containerId' | 'startedAt' | 'address'> {
  if (container === null)
    return { image: null, imageId: null, containerId: null, startedAt: null, address: null };
  return {
    image: container.spec.image,
    imageId: container.imageId,
    containerId: container.id,
    startedAt: container.startedAt,
    address: Object.values(container.addresses).find((address) => address !== '') ?? null,
  };
}

function stateWord(container: ObservedContainer | null): string {
  if (container === null) return 'missing';
  return container.state === 'exited' || container.state === 'created' ? 'stopped' : container.state;
}

/** A tenant that was never valid has nothing to enforce; what runs under its name is left alone. */
function invalidPlan(tenant: string, problems: number): TenantPlan {
  return {
    tenant,
    revision: null,
    changes: [],
    waves: [],
    rollback: [],
    specHash: null,
    refusals: [
      {
        reason: 'invalid',
        message: `its files have ${problems} problem(s) and no revision of them was ever valid`,
      },
    ],
    cost: { interruption: 'none', seconds: 0, text: 'nothing to do' },
  };
}
