import type { DesiredState } from '../../desired-state/model.ts';
import { own } from '../../schemas/own.ts';
import type { TenantResult } from '../apply/run.ts';
import { blankMemory, type TenantMemory } from '../plan/memory.ts';
import { nothingObserved, type ObservedContainer, type ObservedNode } from '../plan/observed.ts';
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
  /** The status before this one, from which a phase that did not change keeps its beginning. */
  readonly before: NodeStatus | null;
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
    problems: desired.problems,
    notActedOn: desired.notActedOn,
    lastPass: cost,
    trouble,
  };
}

/** One status a tenant of the node, ordered by name; also for tenants without any valid revision. */
function tenantStatuses(input: StatusInput): TenantStatus[] {
  const planned = new Map(input.plan.tenants.map((plan) => [plan.tenant, plan]));
  const before = new Map(input.before?.tenants.map((status) => [status.tenant, status]));
  const neverValid = Object.values(input.desired.tenants)
    .filter((entry) => entry.desired === null)
    .map((entry) => invalidPlan(entry.name, entry.problems.length));
  return [...planned.values(), ...neverValid]
    .map((plan) => tenantStatus(plan, input, before.get(plan.tenant)))
    .sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
}

function tenantStatus(plan: TenantPlan, input: StatusInput, before: TenantStatus | undefined): TenantStatus {
  const name = plan.tenant;
  const entry = own(input.desired.tenants, name) ?? null;
  const memory = own(input.memory, name) ?? blankMemory;
  const observed = own(input.observed.tenants, name) ?? nothingObserved;
  const { main, next, old } = rolesOf(name, observed);
  const container = main ?? next ?? old;
  const health = input.healthOf(name);
  const lastResult = input.results.get(name) ?? null;
  const { phase, reason } = phaseOf({
    plan,
    entry,
    container,
    wantsRunning: entry?.desired?.state === 'running',
    health,
    underWay: input.underWay(name),
    lastResult,
    retryInMs: input.retryInMs(plan),
  });
  return {
    tenant: name,
    phase,
    reason,
    since: before?.phase === phase ? before.since : input.now,
    revision: plan.revision,
    state: stateWord(container),
    health,
    ...containerFacts(container),
    changes: plan.changes,
    refusals: plan.refusals,
    problems: entry?.problems ?? [],
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
