/** Other hands, by what they do between a read and the write that follows from it; see `world/other-hand.ts`. */
export const meddlings = [
  'meddle-remove',
  'meddle-stop',
  'meddle-rename',
  'meddle-memory',
  'meddle-kill',
  'meddle-pause',
  'meddle-disconnect',
  'meddle-take-name',
] as const;
export type Meddling = (typeof meddlings)[number];

/** Those after which the container is gone. Where Git asks for what was found to be bad, nobody can make it again. */
const destructive: ReadonlySet<string> = new Set<Meddling>(['meddle-remove', 'meddle-take-name']);

export function isDestructive(action: string): boolean {
  return destructive.has(action);
}

const kills = ['kill-before', 'kill-between', 'kill-after'];
const statuses = ['status-404', 'status-409', 'status-500'];
const broken = ['reset', 'drop-reply', 'hang', 'delay'];

/** The process is asked to end while the call is under way, as a service manager does. */
const shutdown = 'shutdown';

/** From here on the engine does not do this one thing, whoever asks, until the recovery: it says so, or says nothing. */
const stuck = ['stuck-500', 'stuck-hang'];

const changes = [...kills, shutdown, ...statuses, ...broken, ...stuck];
/**
 * A read changes nothing: to lose its reply is to reset it, and to die before it is answered is to die before it is
 * asked. No engine answers 409 to one.
 */
const reads = ['kill-before', 'kill-after', 'status-404', 'status-500', 'reset', 'hang', 'delay'];
/** From here on the engine cannot show this one container, whoever asks, until the recovery: it says so, or says nothing. */
const blind = ['blind-500', 'blind-hang'];
const seenEarlier = ['stale', 'stale-oldest'];
/** `deaf`: it stands, and nothing ever comes of it. */
const streams = ['kill-before', 'status-500', 'reset', 'hang', 'deaf'];
const ofEvents = ['swallow', 'repeat', 'reorder'];

/** What can go wrong at a key of the Docker boundary. */
export function dockerActions(key: string): readonly string[] {
  const [method = '', template = ''] = key.replace(/#\d+$/, '').split(' ');
  if (method === 'EVENT') return ofEvents;
  if (template === '/events') return streams;
  if (method !== 'GET') return changes;
  if (template === '/containers/{id}/json') return [...reads, ...blind, ...seenEarlier, ...meddlings];
  if (template === '/containers/json') return [...reads, ...seenEarlier, ...meddlings];
  return template === '/networks' || template === '/volumes' ? [...reads, ...seenEarlier] : reads;
}

/** Whether an action only makes sense to a reconciler that goes on: it hears events. */
export function needsLoop(key: string): boolean {
  return key.startsWith('EVENT ') || key.startsWith('GET /events');
}

export function isKill(action: string): boolean {
  return action.startsWith('kill-');
}

/** Whether an action does not end by itself. */
export function isLasting(action: string): boolean {
  return blind.includes(action) || stuck.includes(action);
}

/** The status that a call is refused with, without being done; null where it is not refused. */
export function refusedWith(action: string | null): number | null {
  const status = /^(?:status|blind|stuck)-(\d+)$/.exec(action ?? '')?.[1];
  return status === undefined ? null : Number(status);
}

/** Whether a call is never answered. */
export function hangs(action: string | null): boolean {
  return action === 'hang' || action === 'blind-hang' || action === 'stuck-hang';
}

/** Whether a call is not even done, and never answered. */
export function isLeft(action: string | null): boolean {
  return action === 'stuck-hang';
}

export function isMeddling(action: string): action is Meddling {
  return meddlings.some((meddling) => meddling === action);
}
