import { isOwned, label, type Owner } from '../renderers/labels.ts';
import type { CausingEvent, Change } from './plan/change.ts';
import { changeKey, fieldByField } from './plan/changes.ts';
import type { TenantMemory } from './plan/memory.ts';
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

/** How many events a tenant are kept to explain its drift. */
const keep = 20;

/** Remembers the newest events of each tenant, to tell which of them made a difference. */
export class EventLog {
  readonly #byTenant = new Map<string, EngineEvent[]>();

  add(tenant: string, event: EngineEvent): void {
    const events = this.#byTenant.get(tenant) ?? [];
    events.push(event);
    this.#byTenant.set(tenant, events.slice(-keep));
  }

  /** The newest event that can have made the change. */
  explain(tenant: string, change: Change): CausingEvent | null {
    if (change.cause !== 'drift') return null;
    const actions = new Set(
      change.kind === 'create' ? missing : change.fields.flatMap((field) => actionsByField[field.path] ?? []),
    );
    const event = this.#byTenant.get(tenant)?.findLast((candidate) => actions.has(candidate.action));
    return event === undefined ? null : { action: event.action, time: event.time, detail: detailOf(event) };
  }
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
