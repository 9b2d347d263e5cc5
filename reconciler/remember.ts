import { isDeepStrictEqual } from 'node:util';
import { changedNames } from '../desired-state/changed-names.ts';
import type { TenantResources } from '../renderers/resource.ts';
import { emptyRecord, own } from '../schemas/own.ts';
import { type EventLog, seenAfter } from './causes.ts';
import type { MemoryStore } from './memory-store.ts';
import { inPlaceFields, withMemory } from './plan/changes.ts';
import type { Applied, TenantMemory } from './plan/memory.ts';
import type { Plan, TenantPlan } from './plan/plan.ts';
import type { Rendered } from './render.ts';

/**
 * Notes what the next pass should know: when each difference began and by which event, what is in sync now, and which
 * quarantine is over because Git asks for something else. A tenant whose plan, resources and memory are those that were
 * noted last has nothing new to remember.
 */
export class Rememberer {
  readonly #memory: MemoryStore;
  readonly #events: EventLog;
  readonly #onForget: (tenant: string) => void;
  readonly #noted = new Map<string, Noted>();
  #rendered: Rendered | null = null;
  /** What all of them remembered when it was looked at last. */
  #remembered: Readonly<Record<string, TenantMemory>> = emptyRecord<TenantMemory>();
  /** Whether somebody was planned who is not wanted any more: once he is gone, nothing is kept of him. */
  #leaving = false;

  /** @param onForget told of each tenant of which nothing is to be kept */
  constructor(memory: MemoryStore, events: EventLog, onForget: (tenant: string) => void) {
    this.#memory = memory;
    this.#events = events;
    this.#onForget = onForget;
  }

  /**
   * @param skipped tenants that were seen halfway, or not at all, and are left for later
   * @returns the tenants that are in sync
   */
  remember(plan: Plan, rendered: Rendered, skipped: ReadonlySet<string>, now: number): string[] {
    const inSync: string[] = [];
    const moved = this.#moved(rendered);
    let leaving = false;
    for (const tenant of plan.tenants) {
      if (skipped.has(tenant.tenant)) {
        this.#noted.delete(tenant.tenant);
        leaving ||= own(rendered.wanted, tenant.tenant) === undefined;
        continue;
      }
      if (isQuiet(tenant) && this.#noted.has(tenant.tenant) && !moved.has(tenant.tenant)) {
        inSync.push(tenant.tenant);
        continue;
      }
      const wanted = own(rendered.wanted, tenant.tenant);
      leaving ||= wanted === undefined;
      const quiet = wanted !== undefined && isQuiet(tenant);
      if (quiet) inSync.push(tenant.tenant);
      const noted = this.#noted.get(tenant.tenant);
      if (quiet && noted?.wanted === wanted && noted.memory === this.#memory.get(tenant.tenant)) continue;
      this.#note(tenant, plan.revision, quiet ? wanted : null, now);
      if (quiet) this.#noted.set(tenant.tenant, { wanted, memory: this.#memory.get(tenant.tenant) });
      else this.#noted.delete(tenant.tenant);
    }
    if (this.#leaving || this.#someWent(rendered)) this.#forget(plan, rendered);
    this.#rendered = rendered;
    this.#leaving = leaving;
    return inSync;
  }

  /** Of whom something else is wanted, or remembered, than when it was looked at last: for the others what was noted holds. */
  #moved({ wanted }: Rendered): ReadonlySet<string> {
    const [before, remembered] = [this.#remembered, this.#memory.all()];
    this.#remembered = remembered;
    const others = changedNames(before, remembered);
    return this.#rendered === null ? others : others.union(changedNames(this.#rendered.wanted, wanted));
  }

  /** Whether somebody is not in Git any more, or not on this node; of the first revision nobody knows. */
  #someWent({ wanted, desired }: Rendered): boolean {
    const before = this.#rendered;
    if (before === null) return true;
    const names = changedNames(before.wanted, wanted).union(
      changedNames(before.desired.tenants, desired.tenants),
    );
    return [...names].some(
      (name) => own(wanted, name) === undefined || own(desired.tenants, name) === undefined,
    );
  }

  /** @param inSync the tenant's resources when it has them all; null when something is still to be done */
  #note(plan: TenantPlan, revision: string, inSync: TenantResources | null, now: number): void {
    const { tenant, changes, specHash } = plan;
    const known = this.#memory.get(tenant);
    this.#memory.note(tenant, {
      seen: seenAfter(tenant, changes, known.seen, this.#events, now),
      quarantine: known.quarantine?.specHash === specHash ? known.quarantine : null,
      applied: inSync === null ? known.applied : appliedNow(known.applied, inSync, plan.revision ?? revision),
    });
  }

  /** Of a tenant that is neither planned nor in Git nothing is kept. */
  #forget(plan: Plan, rendered: Rendered): void {
    const remembered = this.#memory.all();
    let planned: Set<string> | null = null;
    for (const name in remembered) {
      if (own(rendered.wanted, name) !== undefined || own(rendered.desired.tenants, name) !== undefined)
        continue;
      planned ??= new Set(plan.tenants.map(({ tenant }) => tenant));
      if (planned.has(name)) continue;
      this.#memory.forget(name);
      this.#noted.delete(name);
      this.#onForget(name);
    }
  }
}

/** What a quiet tenant was when it was noted, and what was remembered of it then. */
interface Noted {
  readonly wanted: TenantResources;
  readonly memory: TenantMemory;
}

function isQuiet({ changes, waves }: TenantPlan): boolean {
  return changes.length === 0 && waves.length === 0;
}

/** As it was where only the revision is newer: it did not concern the tenant, and would have all memory written anew. */
function appliedNow(before: Applied | null, wanted: TenantResources, revision: string): Applied {
  const fields = inPlaceFields(wanted);
  const same = before?.specHash === wanted.specHash && isDeepStrictEqual(before.fields, fields);
  return same ? before : { revision, specHash: wanted.specHash, fields };
}

/** The plan with what is remembered by now: a difference that this pass saw first is explained at once. */
export function explained(plan: Plan, memory: MemoryStore): Plan {
  if (plan.tenants.every(({ changes }) => changes.length === 0)) return plan;
  const tenants = plan.tenants.map((tenant) =>
    tenant.changes.length === 0
      ? tenant
      : {
          ...tenant,
          changes: tenant.changes.flatMap((change) => withMemory(change, memory.get(tenant.tenant))),
        },
  );
  return { ...plan, tenants };
}
