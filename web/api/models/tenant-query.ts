import type { TenantSummary } from './tenant.ts';

/** What of the fleet somebody wants to see. */
export interface TenantQuery {
  /** Part of a name, owner, subdomain or image. */
  readonly q?: string;
  readonly phase?: string;
  readonly node?: string;
  readonly channel?: string;
  /** `name=value`, or `name` alone. */
  readonly label?: string;
  readonly sort?: TenantSort;
  readonly limit?: number;
  /** Where the page before ended: see `cursor.ts`. */
  readonly cursor?: string;
}

/** `attention`: what needs a person, longest first. */
export const tenantSorts = ['attention', 'name', '-name', 'since', '-since', 'node', 'drift'] as const;
export type TenantSort = (typeof tenantSorts)[number];

/** What needs a person comes first. */
const urgency: Readonly<Record<TenantSummary['phase'], number>> = {
  Failed: 0,
  Degraded: 1,
  Held: 2,
  Drifted: 3,
  Progressing: 4,
  Suspended: 5,
  Unknown: 6,
  InSync: 7,
};

/** Whether a line is wanted; null where all are. Pure. */
export function matches(query: TenantQuery): ((tenant: TenantSummary) => boolean) | null {
  const { phase, node, channel } = query;
  const q = query.q?.trim().toLowerCase() ?? '';
  const [key, value] = splitLabel(query.label ?? '');
  const all = phase === undefined && node === undefined && channel === undefined && key === '' && q === '';
  if (all) return null;
  return (tenant) =>
    (phase === undefined || tenant.phase === phase) &&
    (node === undefined || tenant.node === node) &&
    (channel === undefined || tenant.channel === channel) &&
    (key === '' || (Object.hasOwn(tenant.labels, key) && (value === null || tenant.labels[key] === value))) &&
    (q === '' ||
      [tenant.name, tenant.owner, tenant.subdomain, tenant.image].some((text) => contains(text, q)));
}

function contains(text: string | null, q: string): boolean {
  return text !== null && text.toLowerCase().includes(q);
}

function splitLabel(label: string): readonly [string, string | null] {
  const equals = label.indexOf('=');
  return equals === -1 ? [label, null] : [label.slice(0, equals), label.slice(equals + 1)];
}

/** What the place of a line in any order is told by. */
export type Place = Pick<TenantSummary, 'name' | 'phase' | 'since' | 'node' | 'drift'>;

/** Order of two lines; of those that are alike, that of their names. */
export function byOrder(sort: TenantSort): (a: Place, b: Place) => number {
  const names = (a: Place, b: Place): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const first: Readonly<Record<TenantSort, (a: Place, b: Place) => number>> = {
    name: names,
    '-name': (a, b) => names(b, a),
    attention: (a, b) => urgency[a.phase] - urgency[b.phase] || a.since - b.since,
    since: (a, b) => a.since - b.since,
    '-since': (a, b) => b.since - a.since,
    node: (a, b) => (a.node < b.node ? -1 : a.node > b.node ? 1 : 0),
    drift: (a, b) => b.drift - a.drift,
  };
  return (a, b) => first[sort](a, b) || names(a, b);
}
