import type { TenantEvent } from '../../api/models/tenant.ts';
import { shown } from './value.ts';

export const eventKinds = [
  ['container', 'Container'],
  ['pairing', 'Pairing'],
] as const;
export type EventKind = (typeof eventKinds)[number][0];

/** What the engine tells has `container/` before its name; the bridge's own words have nothing. */
export function kindOf(type: string): EventKind | null {
  if (type.startsWith('container/')) return 'container';
  return type.includes('/') ? null : 'pairing';
}

const SAYS: Readonly<Record<string, string | undefined>> = {
  qr: 'a code to pair is shown',
  connected: 'a phone connected',
  disconnected: 'the phone disconnected',
  expired: 'the code ended before it was scanned',
  'container/start': 'the container started',
  'container/die': 'the container ended',
  'container/oom': 'the container ran out of memory',
  'container/update': 'the limits of the container were changed',
};

/** A code is as good as a key while it is valid: it is shown where one pairs, and nowhere else. */
const HIDDEN = new Set(['code', 'qr']);

/** An event in words, with what else came with it. */
export function eventWords({ type, data }: Pick<TenantEvent, 'type' | 'data'>): string {
  const rest = Object.entries(data)
    .filter(([key, value]) => !HIDDEN.has(key) && value !== null && value !== '')
    .map(([key, value]) => `${key} ${shown(value)}`)
    .join(', ');
  return [SAYS[type], rest].filter((part) => part !== undefined && part !== '').join(': ');
}
