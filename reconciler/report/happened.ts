import { createHash } from 'node:crypto';
import type { BridgeEvent, EngineEvent } from '../ports.ts';
import type { NodeEvent } from './status.ts';

/** What people look for when they ask what happened to a container. */
const ofInterest: ReadonlySet<string> = new Set([
  'create',
  'start',
  'die',
  'oom',
  'destroy',
  'rename',
  'update',
  'pause',
  'unpause',
  'health_status',
]);

/** Attributes that say more of it. Labels are attributes too, and are not told. */
const details = ['exitCode', 'image', 'name', 'oldName'] as const;

/** The engine's event as it is told; nothing of one that nobody looks for. */
export function engineEvents(tenant: string, event: EngineEvent): NodeEvent[] {
  const [action = '', result] = event.action.split(': ');
  if (event.type !== 'container' || !ofInterest.has(action)) return [];
  const data: Record<string, string> = result === undefined ? {} : { result };
  for (const name of details) {
    const value = event.attributes[name];
    if (value !== undefined) data[name] = value;
  }
  return [{ tenant, at: event.time, type: `container/${action}`, data }];
}

/** What a runtime's own words may take up at most, as JSON. */
const mostCharacters = 4_096;

/**
 * The bridge's event as it is told. Runtimes tell of the last ones again when they are asked again; ids only grow, so
 * that they say which were told before.
 */
export function bridgeEvent(tenant: string, event: BridgeEvent, now: number): NodeEvent {
  const { id, type, token, data } = event;
  const text = JSON.stringify([tenant, id, type, token, data]);
  const once = createHash('sha256').update(text).digest('hex').slice(0, 32);
  const isQr = type === 'qr';
  const told = isQr || text.length <= mostCharacters ? { token, ...data } : { token, tooLong: text.length };
  return { tenant, at: now, type, data: told, once };
}
