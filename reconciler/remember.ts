import { own } from '../schemas/own.ts';
import { type EventLog, seenAfter } from './causes.ts';
import type { MemoryStore } from './memory-store.ts';
import { inPlaceFields, withMemory } from './plan/changes.ts';
import type { Plan } from './plan/plan.ts';
import type { Rendered } from './render.ts';

/**
 * Notes what the next pass should know: when each difference began and by which event, what is in sync now, and which
 * quarantine is over because Git asks for something else. Tenants whose steps are under way are left for later.
 *
 * @returns the tenants that are in sync
 */
export function remember(
  plan: Plan,
  rendered: Rendered,
  memory: MemoryStore,
  events: EventLog,
  busy: ReadonlySet<string>,
  now: number,
): string[] {
  const inSync: string[] = [];
  for (const { tenant, changes, waves, specHash, revision } of plan.tenants) {
    if (busy.has(tenant)) continue;
    const known = memory.get(tenant);
    const wanted = own(rendered.wanted, tenant);
    const quiet = wanted !== undefined && changes.length === 0 && waves.length === 0;
    if (quiet) inSync.push(tenant);
    memory.note(tenant, {
      seen: seenAfter(tenant, changes, known.seen, events, now),
      quarantine: known.quarantine?.specHash === specHash ? known.quarantine : null,
      applied: quiet
        ? { revision: revision ?? plan.revision, specHash: wanted.specHash, fields: inPlaceFields(wanted) }
        : known.applied,
    });
  }
  const present = new Set(plan.tenants.map(({ tenant }) => tenant));
  for (const name of Object.keys(memory.all())) {
    if (!present.has(name) && own(rendered.desired.tenants, name) === undefined) memory.forget(name);
  }
  return inSync;
}

/** The plan with what is remembered by now: a difference that this pass saw first is explained at once. */
export function explained(plan: Plan, memory: MemoryStore): Plan {
  const tenants = plan.tenants.map((tenant) => ({
    ...tenant,
    changes: tenant.changes.flatMap((change) => withMemory(change, memory.get(tenant.tenant))),
  }));
  return { ...plan, tenants };
}
