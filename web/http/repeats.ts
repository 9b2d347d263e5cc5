import type { AuditEntry } from '../ports.ts';

const MINUTE = 60_000;
/** Refusals that are remembered; the oldest are forgotten beyond it. */
const REMEMBERED = 2_000;

/**
 * Tells whether the same was refused to the same one within the last minute. Attempts to sign in are never the same: how
 * many there were is what matters of them, and they are few by their limit.
 */
export function repeats(): (entry: AuditEntry, now: number) => boolean {
  const seen = new Map<string, number>();
  return ({ who, action, target, outcome, reason = '', from }, now) => {
    const [code = ''] = reason.split(': ');
    if (outcome !== 'refused' || (action.startsWith('auth.') && code !== 'limit/exceeded')) return false;
    // An address that is too loud is one, whatever it asks for and calls itself.
    const [address = ''] = from.split(' ');
    const key = JSON.stringify(
      code === 'limit/exceeded' ? [address, action] : [who, action, target, code, address],
    );
    const last = seen.get(key);
    if (last !== undefined && now - last < MINUTE) return true;
    seen.delete(key);
    seen.set(key, now);
    for (const oldest of seen.keys()) {
      if (seen.size <= REMEMBERED) break;
      seen.delete(oldest);
    }
    return false;
  };
}
