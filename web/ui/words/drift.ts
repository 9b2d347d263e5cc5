import type { TenantDrift } from '../../api/models/tenant.ts';
import { shown } from './value.ts';

export type DriftChange = TenantDrift['changes'][number];

/** One field that differs, with all that is known of why. */
export interface FieldDifference {
  readonly key: string;
  readonly resource: DriftChange['resource'];
  readonly field: string;
  readonly wanted: string;
  readonly found: string;
  readonly cause: 'commit' | 'drift';
  readonly since: number | null;
  readonly by: string;
  readonly path: string;
  /** What was found, as the node told it; null for nothing. */
  readonly actual: unknown;
  /** Where in the tenant's file it would be written; null when Git has no place for it. */
  readonly pointer: string | null;
}

const KINDS: Readonly<Record<string, string | undefined>> = {
  create: 'is missing',
  remove: 'should not be there',
};

/** What the engine counts in, as the language of tenants' files names it. */
const NAMES: Readonly<Record<string, string | undefined>> = {
  memoryBytes: 'memory',
  memorySwapBytes: 'memory with swap',
  nanoCpus: 'cpus',
};

/**
 * Flattens changes to one difference a field, oldest first; what differs as a whole is one line.
 *
 * @param tried whether the node has tried what Git asks for and taken it back
 */
export function differences(changes: readonly DriftChange[], tried = false): FieldDifference[] {
  const all = changes.flatMap((change) => {
    const common = {
      resource: change.resource,
      cause: change.cause,
      since: change.since ?? null,
      by: cause(change, tried),
    };
    const whole = KINDS[change.kind];
    if (change.fields.length === 0 || whole !== undefined) {
      return [
        {
          ...common,
          key: `${change.resource.kind}/${change.resource.name}`,
          field: `${change.resource.kind} ${change.resource.name}`,
          wanted: change.kind === 'remove' ? 'nothing' : 'to be there',
          found: change.kind === 'create' ? 'nothing' : (whole ?? 'something else'),
          path: '',
          actual: null,
          pointer: null,
        },
      ];
    }
    return change.fields.map((field) => ({
      ...common,
      key: `${change.resource.kind}/${change.resource.name}/${field.path}`,
      field: NAMES[field.path] ?? field.path,
      wanted: shown(field.desired, field.path),
      found: shown(field.actual, field.path),
      path: field.path,
      actual: field.actual ?? null,
      pointer: change.acceptable.find(({ path }) => path === field.path)?.pointer ?? null,
    }));
  });
  return all.toSorted((a, b) => (a.since ?? Infinity) - (b.since ?? Infinity));
}

function cause(change: DriftChange, tried: boolean): string {
  if (change.cause === 'commit')
    return tried
      ? 'Git moved; the node has tried it and taken it back'
      : 'Git moved; the node has not followed yet';
  if (change.event === undefined) return 'changed outside Git; no event was seen';
  const { action, detail } = change.event;
  return `changed outside Git: ${action}${detail === '' ? '' : ` (${detail})`}`;
}

/** The difference as one sentence, for screen readers and for copying. */
export function sentenceOf(difference: FieldDifference): string {
  return `${difference.field}: wanted ${difference.wanted}, found ${difference.found}; ${difference.by}.`;
}
