import { madeFrom } from '../../renderers/spec-hash.ts';
import { bridgeSteps } from './bridge.ts';
import type { Change } from './change.ts';
import { tenantChanges } from './changes.ts';
import { conflicts } from './conflicts.ts';
import { costOf } from './cost.ts';
import { impactOf } from './impact.ts';
import { inPlaceSteps, mendSteps, prepareSteps, reloadSteps } from './in-place.ts';
import type { ObservedContainer } from './observed.ts';
import type { Refusal, TenantPlan } from './plan.ts';
import { finishReplacement, keepPredecessor, replaceContainer, type Sequence } from './replace.ts';
import { type Roles, refTo, rolesOf } from './roles.ts';
import type { Step } from './step.ts';
import type { TenantInput } from './tenant-input.ts';

/**
 * The plan of one tenant: what differs, and the fewest and gentlest steps that mend it. A pure function, total over
 * every state that Docker can be in.
 */
export function planTenant(input: TenantInput): TenantPlan {
  const refusals = [...input.refusals, ...suspension(input), ...conflicts(input)];
  // Of a tenant that cannot be seen nothing is known that differs.
  const changes = refusals.some(({ reason }) => reason === 'unreadable')
    ? []
    : tenantChanges(input.wanted, input.observed, input.volumes, input.memory);
  const plan = (sequence: Sequence, more: readonly Refusal[] = []): TenantPlan => ({
    tenant: input.tenant.name,
    revision: input.revision,
    changes,
    ...sequence,
    specHash: input.wanted.specHash,
    refusals: [...refusals, ...more],
    cost: costOf(sequence.waves),
  });
  // Docker is taking a container away, and its name with it: the event of its end begins the next pass.
  const leaving = input.observed.containers.some((container) => container.state === 'removing');
  if (refusals.length > 0 || leaving) return plan(nothing);

  const healable = changes.filter((change) => input.tenant.drift === 'heal' || change.cause === 'commit');
  const reported = healable.length < changes.length ? [reportOnly(input.tenant.name)] : [];
  // Where nothing else is left that could serve, the quarantined spec is better than nothing.
  const served = input.observed.containers.length > 0;
  const quarantined = served && input.memory.quarantine?.specHash === input.wanted.specHash;
  const sequence = sequenceFor(input, changes, healable, quarantined);
  const kept = quarantined ? [quarantineRefusal(input)] : [];
  return plan(sequence, [...reported, ...kept]);
}

const nothing: Sequence = { waves: [], rollback: [] };

/**
 * @param all every difference
 * @param changes those of them that may be mended
 */
function sequenceFor(
  input: TenantInput,
  all: readonly Change[],
  changes: readonly Change[],
  quarantined: boolean,
): Sequence {
  const { wanted, tenant } = input;
  const roles = rolesOf(tenant.name, input.observed);
  const strays = roles.strays
    .filter((container) => container.state !== 'removing')
    .map((container): Step[] => [{ action: 'container.remove', container: refTo(container) }]);
  const options = {
    strategy: tenant.update.strategy,
    drainSeconds: Math.ceil(tenant.update.drainMs / 1_000),
    health: tenant.health,
  };
  const movedAway = displaced(input, roles);
  if (movedAway !== null) {
    return {
      waves: [[{ action: 'container.rename', container: refTo(movedAway), to: wanted.container.name }]],
      rollback: [],
    };
  }
  const isNew = roles.main !== null && madeFrom(roles.main.specHash, wanted.container.spec);
  const container = changes.filter((change) => change.resource.kind === 'container');
  const replacing = container.some((change) => change.kind !== 'update');
  const midway = roles.next !== null || roles.old !== null;

  let core: Sequence;
  if (quarantined && (replacing || midway)) {
    const kept = keepPredecessor(wanted, roles, isNew);
    const inPlace =
      kept.waves.length === 0 && roles.main !== null ? inPlaceSteps(input, roles.main, changes) : [];
    core = { waves: [...kept.waves, ...inPlace], rollback: [] };
  } else if (replacing && (roles.main === null || hasReplaceImpact(container))) {
    core = replaceContainer(wanted, roles, options);
  } else if (roles.main === null) {
    // Only a report-only tenant gets here with a container missing: it is shown and not made.
    core = midway ? replaceContainer(wanted, roles, options) : nothing;
  } else if (roles.old !== null) {
    // Until it is proven it is still being made, also where drift is only reported.
    const mend = mendSteps(input, roles.main, all);
    core = finishReplacement(wanted, roles.main, roles.old, mend, options);
  } else {
    const leftover: Step[][] =
      roles.next === null ? [] : [[{ action: 'container.remove', container: refTo(roles.next) }]];
    core = { waves: [...leftover, ...inPlaceSteps(input, roles.main, changes)], rollback: [] };
  }
  const creates = core.waves.flat().some((step) => step.action === 'container.create');
  const prepare = prepareSteps(input, changes, creates);
  const waves = [
    ...strays,
    ...(prepare.length > 0 ? [prepare] : []),
    ...core.waves,
    ...reloadSteps(input, roles.main, changes, core.waves),
  ];
  if (waves.length > 0) return { waves, rollback: core.rollback };
  return { waves: bridgeSteps(tenant, roles.main, input.memory), rollback: [] };
}

/**
 * The container that serves under a name that another hand gave it. It gets its name back before anything else: to
 * remove it and to make another one would interrupt the tenant, and the one that it was may not be makeable again.
 */
function displaced({ wanted, tenant }: TenantInput, { main, strays }: Roles): ObservedContainer | null {
  const taken = main !== null || strays.some(({ name }) => name === wanted.container.name);
  if (taken || tenant.drift === 'report') return null;
  return strays.find(({ state }) => state === 'running') ?? null;
}

function hasReplaceImpact(changes: readonly Change[]): boolean {
  return changes.some((change) => change.fields.some((field) => impactOf(field) === 'replace'));
}

/** Whether the tenant is left alone at this moment: the only thing in a tenant's plan that time alone changes. */
export function isSuspended({ tenant, now }: Pick<TenantInput, 'tenant' | 'now'>): boolean {
  return tenant.suspend !== null && now < tenant.suspend.until;
}

function suspension({ tenant, now }: TenantInput): Refusal[] {
  if (tenant.suspend === null || !isSuspended({ tenant, now })) return [];
  const until = new Date(tenant.suspend.until).toISOString();
  const message = `suspended until ${until} by ${tenant.suspend.owner}: ${tenant.suspend.reason}`;
  return [{ reason: 'suspended', message }];
}

function reportOnly(tenant: string): Refusal {
  return {
    reason: 'report-only',
    message: `drift is shown and not healed, as \`drift: report\` of ${tenant} asks; set \`drift: heal\` to have it mended`,
  };
}

function quarantineRefusal({ memory, wanted, tenant }: TenantInput): Refusal {
  const reason = memory.quarantine?.reason ?? '';
  return {
    reason: 'quarantined',
    message: `${tenant.image} (spec ${wanted.specHash}) was tried and failed: ${reason}. What served before serves on; commit another image or setting to try again`,
  };
}
