import { isOwned, label, type Owner } from '../renderers/labels.ts';
import type { CausingEvent, Change } from './plan/change.ts';
import { changeKey, fieldByField } from './plan/changes.ts';
import type { TenantMemory } from './plan/memory.ts';
import type { Plan } from './plan/plan.ts';
import type { EngineEvent } from './ports.ts';

/** Which events can have made a difference in which field. */
const actionsByField: Readonly<Record<string, readonly string[]>> = {
  // Whatever ended a run (`kill`, `stop`, `oom`), the engine tells its end with `die` and the exit code.
  running: ['die', 'start', 'pause', 'unpause'],
  memoryBytes: ['update'],
  memorySwapBytes: ['update'],
  nanoCpus: ['update'],
  pids: ['update'],
  restartPolicy: ['update'],
  networks: ['connect', 'disconnect'],
};

const missing: readonly string[] = ['destroy', 'rename'];

const explaining: ReadonlySet<string> = new Set([...Object.values(actionsByField).flat(), ...missing]);

/**
 * Remembers what happened to tenants, to tell which event made a difference: of each action the newest, and of it only
 * what is told. Thousands of tenants restart and are changed for months; what is kept must not grow with that.
 */
export class EventLog {
  /** By tenant and action, each tenant's in the order in which they came. */
  readonly #byTenant = new Map<string, Map<string, CausingEvent>>();

  add(tenant: string, event: EngineEvent): void {
    const { action, time } = event;
    if (!explaining.has(action)) return;
    const events = this.#byTenant.get(tenant) ?? new Map<string, CausingEvent>();
    // Taken out first: what is set anew would keep its place.
    events.delete(action);
    this.#byTenant.set(tenant, events.set(action, { action, time, detail: detailOf(event) }));
  }

  /** The newest event that can have made the change. */
  explain(tenant: string, change: Change): CausingEvent | null {
    if (change.cause !== 'drift') return null;
    const actions = new Set(
      change.kind === 'create' ? missing : change.fields.flatMap((field) => actionsByField[field.path] ?? []),
    );
    const events = [...(this.#byTenant.get(tenant)?.values() ?? [])];
    return events.findLast(({ action }) => actions.has(action)) ?? null;
  }

  /**
   * Forgets what happened before a look that found nothing of it left: it will explain no later difference.
   *
   * @param lookedAt when the look began, milliseconds since the epoch
   * @param isOver whether that look was at the tenant and found it without a difference, or gone
   */
  forget(lookedAt: number, isOver: (tenant: string) => boolean): void {
    for (const [tenant, events] of this.#byTenant) {
      if (!isOver(tenant)) continue;
      for (const [action, { time }] of events) if (time < lookedAt) events.delete(action);
      if (events.size === 0) this.#byTenant.delete(tenant);
    }
  }
}

/**
 * Whether a look was at a tenant and found it without a difference, or gone.
 *
 * @param looked who was looked at
 * @param halfway of those, the ones whose steps were under way meanwhile
 */
export function withoutDifference(
  { tenants }: Plan,
  looked: 'all' | ReadonlySet<string>,
  halfway: ReadonlySet<string>,
): (tenant: string) => boolean {
  let differ: ReadonlySet<string> | null = null;
  // Most times nothing has happened, and nobody asks.
  const differing = (): ReadonlySet<string> =>
    (differ ??= new Set(tenants.flatMap(({ tenant, changes }) => (changes.length > 0 ? [tenant] : []))));
  return (tenant) =>
    (looked === 'all' || looked.has(tenant)) && !halfway.has(tenant) && !differing().has(tenant);
}

function detailOf({ attributes }: EngineEvent): string {
  if (attributes['exitCode'] !== undefined) return `exit code ${attributes['exitCode']}`;
  if (attributes['signal'] !== undefined) return `signal ${attributes['signal']}`;
  return attributes['name'] ?? '';
}

/** The tenant that an event is about, by the container's labels; null for a stranger's, also another installation's. */
export function tenantOf(event: EngineEvent, owner: Owner): string | null {
  return isOwned(event.attributes, owner) ? (event.attributes[label.tenant] ?? null) : null;
}

/**
 * `TenantMemory.seen` after a pass: a difference that was there before keeps its beginning, a new one begins with the
 * event that made it or now, and one that is gone is forgotten.
 */
export function seenAfter(
  tenant: string,
  changes: readonly Change[],
  before: TenantMemory['seen'],
  events: EventLog,
  now: number,
): TenantMemory['seen'] {
  return Object.fromEntries(
    changes.flatMap(fieldByField).map((change) => {
      const key = changeKey(change);
      const known = before[key];
      if (known?.event !== undefined) return [key, known];
      const since = known?.since ?? now;
      const event = events.explain(tenant, change);
      // The engine may tell of what happened after it could be seen; what happened later has not made it.
      return [key, event === null || event.time > since ? { since } : { since: event.time, event }];
    }),
  );
}
