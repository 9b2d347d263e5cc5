import { filterOf, textOf } from './address.ts';
import { type EventKind, eventKinds } from './event.ts';

// What of a tenant's parts is shown, in the address; what makes no sense there is left out rather than refused.

type Search = Readonly<Record<string, unknown>>;

export interface EventFilter {
  readonly kind?: EventKind;
}

export function readEventFilter(search: Search): EventFilter {
  return filterOf<EventFilter>({ kind: eventKinds.find(([kind]) => kind === search['kind'])?.[0] });
}

export interface LogFilter {
  readonly q?: string;
}

export function readLogFilter(search: Search): LogFilter {
  return filterOf<LogFilter>({ q: textOf(search['q']) });
}

export interface MomentFilter {
  /** In the reader's time zone, as a field for a moment has it: `2026-11-21T16:00`. */
  readonly at?: string;
}

export function readMomentFilter(search: Search): MomentFilter {
  const at = textOf(search['at']);
  return filterOf<MomentFilter>({
    at: at !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(at) ? at : undefined,
  });
}
