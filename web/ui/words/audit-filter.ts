import { type Filtered, filterOf, textOf } from './address.ts';

/** What of the audit is shown. It lives in the address, so that it can be sent to somebody. */
export interface AuditFilter {
  readonly who?: string;
  readonly action?: string;
  readonly target?: string;
  readonly outcome?: string;
  /** First and last day, as `2026-11-21`, in the reader's time zone. */
  readonly from?: string;
  readonly to?: string;
}

export const outcomes = ['done', 'refused', 'failed'] as const;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads an address; what makes no sense in it is left out rather than refused. */
export function readAuditFilter(search: Readonly<Record<string, unknown>>): AuditFilter {
  const outcome = textOf(search['outcome']);
  return filterOf<AuditFilter>({
    who: textOf(search['who']),
    action: textOf(search['action']),
    target: textOf(search['target']),
    outcome: outcomes.find((one) => one === outcome),
    from: dayOf(search['from']),
    to: dayOf(search['to']),
  });
}

/** The filter as the API takes it. */
export function auditApiQuery({ from, to, ...rest }: AuditFilter): Record<string, string> {
  return filterOf<Record<string, string>>({
    ...rest,
    since: from === undefined ? undefined : String(startOf(from, 0)),
    until: to === undefined ? undefined : String(startOf(to, 1)),
  });
}

/** The filter with some parts changed; empty parts disappear from the address. */
export function changeAuditFilter(filter: AuditFilter, change: Filtered<AuditFilter>): AuditFilter {
  return filterOf<AuditFilter>({ ...filter, ...change });
}

function dayOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && DAY.test(text) && !Number.isNaN(startOf(text, 0)) ? text : undefined;
}

/** When a day begins, or one `later`: a day is not always 24 hours long. */
function startOf(day: string, later: number): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).getTime();
}
