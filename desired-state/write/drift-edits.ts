import { own } from '../../schemas/own.ts';
import { toPointer } from '../../schemas/yaml-tree.ts';
import type { Proposal, SourceFiles } from './edit.ts';
import { editFile, proposal, tenantFile } from './edit.ts';
import { EditError } from './edit-error.ts';
import { deleteValue, setScalar, setValue } from './edit-yaml.ts';
import type { Json } from './yaml-node.ts';

/** One field in which a resource differs from Git, as plans and statuses name it. */
export interface DriftedField {
  readonly resource: { readonly kind: string; readonly name: string };
  /** Dotted path in the resource: `memoryBytes`, `env.LOG_LEVEL`. */
  readonly path: string;
  readonly desired?: unknown;
  readonly actual?: unknown;
}

/** Where a tenant's file would say what was found; no value: it would say nothing. */
export interface AcceptedField {
  readonly pointer: string;
  readonly value?: Json;
}

/**
 * What a tenant's file would have to say for a field to be as it was found; null where no field of the file can say it
 * (a managed file's content, a mount, a secret, a setting outside the allow-list).
 */
export function acceptedField({ resource, path, actual }: DriftedField): AcceptedField | null {
  if (resource.kind !== 'container') return null;
  const env = /^env\.(.+)$/.exec(path)?.[1];
  if (env !== undefined) {
    const pointer = toPointer(['spec', 'runtime', 'env', env]);
    if (actual === undefined) return { pointer };
    return typeof actual === 'string' ? { pointer, value: actual } : null;
  }
  const place = own(places, path);
  const value = place?.value(actual);
  return place === undefined || value === undefined ? null : { pointer: place.pointer, value };
}

/**
 * Writes into the tenant's file what was found on the node, so that it is what Git asks for.
 * @throws EditError `edit/refused` for a field that no file can say
 */
export function acceptDrift(source: SourceFiles, tenant: string, fields: readonly DriftedField[]): Proposal {
  const accepted = fields.map((field) => {
    const place = acceptedField(field);
    if (place !== null) return { field, place };
    throw new EditError(
      'edit/refused',
      `${field.path} of ${field.resource.name} cannot be accepted into Git: no field of a tenant says it. Heal it instead.`,
    );
  });
  const names = accepted.map(({ field }) => field.path);
  return proposal({
    verb: 'accept-drift',
    subject: `${tenant}: accept ${names.length > 3 ? `${names.length} fields` : names.join(', ')} as found on the node`,
    body: accepted.map(({ field, place }) =>
      place.value === undefined
        ? `${place.pointer} is removed: ${field.path} was not there.`
        : `${place.pointer} is now ${JSON.stringify(place.value)}.`,
    ),
    edits: [
      editFile(source, tenantFile(source, tenant), (text) =>
        accepted.reduce(
          (current, { place }) =>
            place.value === undefined
              ? deleteValue(current, place.pointer)
              : setValue(current, place.pointer, place.value),
          text,
        ),
      ),
    ],
  });
}

/** Lets the node undo what others change of a tenant; nothing to do where it does already. */
export function healDrift(source: SourceFiles, tenant: string): Proposal {
  return proposal({
    verb: 'heal',
    subject: `${tenant}: heal what others change on the node`,
    body: ['spec.drift is now heal; the node brings the tenant back to what Git says.'],
    edits: [editFile(source, tenantFile(source, tenant), (text) => setScalar(text, '/spec/drift', 'heal'))],
  });
}

interface FieldPlace {
  readonly pointer: string;
  /** The value as the language writes it; undefined where it cannot. */
  readonly value: (actual: unknown) => Json | undefined;
}

const text = (actual: unknown): Json | undefined => (typeof actual === 'string' ? actual : undefined);
const flag = (actual: unknown): Json | undefined => (typeof actual === 'boolean' ? actual : undefined);
const positive = (actual: unknown): number | undefined =>
  typeof actual === 'number' && Number.isFinite(actual) && actual > 0 ? actual : undefined;

const places: Readonly<Record<string, FieldPlace>> = {
  memoryBytes: { pointer: '/spec/runtime/resources/memory', value: memory },
  nanoCpus: { pointer: '/spec/runtime/resources/cpus', value: cpus },
  pids: { pointer: '/spec/runtime/resources/pids', value: positive },
  image: { pointer: '/spec/image', value: text },
  user: { pointer: '/spec/runtime/user', value: text },
  readOnlyRoot: { pointer: '/spec/runtime/readOnlyRoot', value: flag },
  running: {
    pointer: '/spec/runtime/state',
    value: (actual) => (typeof actual === 'boolean' ? (actual ? 'running' : 'stopped') : undefined),
  },
  command: {
    pointer: '/spec/runtime/command',
    value: (actual) =>
      Array.isArray(actual) && actual.length > 0 && actual.every((part) => typeof part === 'string')
        ? actual
        : undefined,
  },
};

function cpus(actual: unknown): number | undefined {
  const nano = positive(actual);
  return nano === undefined ? undefined : nano / 1_000_000_000;
}

/** As the language writes sizes; what is no whole kibibyte cannot be written. */
function memory(actual: unknown): string | undefined {
  const bytes = positive(actual);
  if (bytes === undefined || bytes % 1024 !== 0) return undefined;
  const units = [
    ['Gi', 1024 ** 3],
    ['Mi', 1024 ** 2],
    ['Ki', 1024],
  ] as const;
  const [unit, size] = units.find(([, each]) => bytes % each === 0) ?? ['Ki', 1024];
  return `${bytes / size}${unit}`;
}
