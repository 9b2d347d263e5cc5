import { blankMemory, type Quarantine, type TenantMemory, type TokenOutcome } from './plan/memory.ts';

/**
 * A tenant's memory as it was written, field by field: what is not of its form is as if it had never been written. A
 * planner that trusted it would fail for the whole node, pass after pass.
 */
export function restoredMemory(stored: unknown): TenantMemory {
  if (!isRecord(stored)) return blankMemory;
  const { applied, quarantine, reloadPending, remountBefore, pairing, disconnect, seen } = stored;
  return {
    applied: isApplied(applied) ? applied : null,
    quarantine: isQuarantine(quarantine) ? quarantine : null,
    reloadPending: reloadPending === true,
    remountBefore: isTime(remountBefore) ? remountBefore : null,
    pairing: isOutcome(pairing) ? pairing : null,
    disconnect: isOutcome(disconnect) ? disconnect : null,
    seen: Object.fromEntries(Object.entries(isRecord(seen) ? seen : {}).filter(isSighting)),
  };
}

const outcomes: ReadonlySet<unknown> = new Set<TokenOutcome['state']>([
  'asked',
  'waiting-for-scan',
  'connected',
  'disconnected',
  'expired',
  'failed',
  'unknown',
]);

function isApplied(value: unknown): value is NonNullable<TenantMemory['applied']> {
  return isRecord(value) && texts(value, ['revision', 'specHash']) && isRecord(value['fields']);
}

function isQuarantine(value: unknown): value is Quarantine {
  return isRecord(value) && texts(value, ['specHash', 'revision', 'reason']) && isTime(value['at']);
}

function isOutcome(value: unknown): value is TokenOutcome {
  return (
    isRecord(value) &&
    texts(value, ['token', 'detail']) &&
    isTime(value['at']) &&
    outcomes.has(value['state'])
  );
}

function isSighting(entry: [string, unknown]): entry is [string, TenantMemory['seen'][string]] {
  const [, value] = entry;
  if (!isRecord(value) || !isTime(value['since'])) return false;
  const { event } = value;
  return (
    event === undefined || (isRecord(event) && isTime(event['time']) && texts(event, ['action', 'detail']))
  );
}

function texts(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}

/** A time that a `Date` can hold: one that it cannot throws when it is shown. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
