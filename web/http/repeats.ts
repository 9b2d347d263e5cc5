import type { AuditEntry } from '../ports.ts';

const MINUTE = 60_000;

interface Seen {
  readonly since: number;
  readonly targets: Set<string>;
}

/** Refusals that are remembered; the oldest are forgotten beyond it. */
const REMEMBERED = 2_000;
/** Targets of one person, action and reason that are kept apart within a minute. */
const TARGETS = 20;

/**
 * Tells whether the same was refused to the same one within the last minute. Whoever asks chooses the target: of somebody
 * who shows nothing all targets are one, and somebody who is known has a few of each kind. Attempts to sign in are never
 * the same: how many there were is what matters of them, and they are few by their limit.
 */
export function repeats(): (entry: AuditEntry, now: number) => boolean {
  const seen = new Map<string, Seen>();
  return ({ who, action, target, outcome, reason = '', from }, now) => {
    const [code = ''] = reason.split(': ');
    if (outcome !== 'refused' || (action.startsWith('auth.') && code !== 'limit/exceeded')) return false;
    // An address that is too loud is one, whatever it asks for and calls itself.
    const [address = ''] = from.split(' ');
    const kind = code === 'limit/exceeded' ? [address, action] : [who, action, code, address];
    const key = JSON.stringify(kind);
    const known = seen.get(key);
    const same: Seen =
      known === undefined || now - known.since >= MINUTE ? { since: now, targets: new Set() } : known;
    const apart = code === 'limit/exceeded' || who === 'anonymous' ? '' : target;
    if (same.targets.has(apart) || same.targets.size >= TARGETS) return true;
    same.targets.add(apart);
    seen.delete(key);
    seen.set(key, same);
    for (const oldest of seen.keys()) {
      if (seen.size <= REMEMBERED) break;
      seen.delete(oldest);
    }
    return false;
  };
}
