import { type Filtered, filterOf, textOf } from './address.ts';
import { phaseOrder } from './phase.ts';

/** What of the fleet is shown. It lives in the address, so that it can be sent to somebody. */
export interface TenantFilter {
  readonly q?: string;
  readonly phase?: string;
  readonly node?: string;
  readonly channel?: string;
  readonly label?: string;
  readonly sort?: string;
}

export const sorts = ['attention', 'name', '-name', 'since', '-since', 'node', 'drift'] as const;

/** The order after a press on a column: where it can be turned around, the second press does. */
export function nextSort(now: string, column: string): string {
  const turned = `-${column}`;
  return now === column && (sorts as readonly string[]).includes(turned) ? turned : column;
}

/** Reads an address; what makes no sense in it is left out rather than refused. */
export function readFilter(search: Readonly<Record<string, unknown>>): TenantFilter {
  const phase = textOf(search['phase']);
  const sort = textOf(search['sort']);
  return filterOf<TenantFilter>({
    q: textOf(search['q']),
    phase: phase !== undefined && (phaseOrder as readonly string[]).includes(phase) ? phase : undefined,
    node: textOf(search['node']),
    channel: textOf(search['channel']),
    label: textOf(search['label']),
    sort: sort !== undefined && (sorts as readonly string[]).includes(sort) ? sort : undefined,
  });
}

/** The filter with some parts changed; empty parts disappear from the address. */
export function changeFilter(filter: TenantFilter, change: Filtered<TenantFilter>): TenantFilter {
  return filterOf<TenantFilter>({ ...filter, ...change });
}

/** The filter as the API takes it. */
export function filterQuery(filter: TenantFilter): Record<string, string> {
  return { ...filter };
}

/** Whether anything is filtered out; the order alone hides nothing. */
export function isFiltered({ sort: _sort, ...rest }: TenantFilter): boolean {
  return Object.keys(rest).length > 0;
}
