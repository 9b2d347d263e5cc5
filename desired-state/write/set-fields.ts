import { parse, YAMLParseError } from 'yaml';
import { isObject } from '../../schemas/is-object.ts';
import { readSchema } from '../../schemas/kinds.ts';
import { pointerParts, toPointer } from '../../schemas/yaml-tree.ts';
import type { Proposal, SourceFiles } from './edit.ts';
import { editFile, proposal, tenantFile } from './edit.ts';
import { EditError } from './edit-error.ts';
import { deleteValue, setValue } from './edit-yaml.ts';
import type { Json } from './yaml-node.ts';

/** One field to set, or to remove where there is no value. */
export interface FieldChange {
  /** Path in the document: `['spec', 'runtime', 'env', 'LOG_LEVEL']`. */
  readonly path: readonly string[];
  readonly value?: Json;
}

/**
 * Reads `runtime.env.LOG_LEVEL=debug`. The path begins below `spec` unless it says `spec.` or `metadata.`; a key with
 * dots in it is written as a JSON pointer (`/metadata/labels/example.com~1team=a`). Where the schema wants a text,
 * the value is taken as it stands (`PORT=8080` is the text 8080); elsewhere it is YAML (`true`, `0.5`, `[a, b]`).
 * @throws EditError `edit/refused`
 */
export function parseAssignment(text: string): FieldChange {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new EditError('edit/refused', `"${text}" is not FIELD=VALUE, as in runtime.env.LOG_LEVEL=debug.`);
  const path = parseFieldPath(text.slice(0, equals));
  const value = text.slice(equals + 1);
  return { path, value: wantsText(path) ? value : parseValue(value, text) };
}

/** Reads the left side of an assignment alone, for removing a field. @throws EditError `edit/refused` */
export function parseFieldPath(text: string): string[] {
  const path = text.startsWith('/') ? pointerParts(text) : text.split('.');
  if (path.some((part) => part === ''))
    throw new EditError('edit/refused', `"${text}" is not the path of a field.`);
  return path[0] === 'spec' || path[0] === 'metadata' ? path : ['spec', ...path];
}

/** Sets and removes fields of a tenant's file, all in one commit. @throws EditError as `setValue` */
export function setFields(source: SourceFiles, tenant: string, changes: readonly FieldChange[]): Proposal {
  const edit = editFile(source, tenantFile(source, tenant), (text) =>
    changes.reduce((current, { path, value }) => {
      const pointer = toPointer(path);
      return value === undefined ? deleteValue(current, pointer) : setValue(current, pointer, value);
    }, text),
  );
  const sentences = changes.map(describe);
  const [only] = sentences;
  const subject = sentences.length === 1 && only !== undefined ? only : `change ${sentences.length} fields`;
  return proposal({ verb: 'set', subject: `${tenant}: ${subject}`, body: sentences, edits: [edit] });
}

function describe({ path, value }: FieldChange): string {
  const field = (path[0] === 'spec' ? path.slice(1) : path).join('.');
  if (value === undefined) return `remove ${field}`;
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  // A subject is one short line; the diff holds the rest.
  return shown.length > 48 || /[\p{Cc}]/u.test(shown) || shown === ''
    ? `set ${field}`
    : `set ${field} to ${shown}`;
}

function parseValue(value: string, assignment: string): Json {
  try {
    return asJson(parse(value, { maxAliasCount: 0 }));
  } catch (error) {
    if (!(error instanceof YAMLParseError || error instanceof ReferenceError)) throw error;
    throw new EditError('edit/refused', `The value in "${assignment}" is not YAML; put it in quotes.`, {
      cause: error,
    });
  }
}

function asJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  if (Array.isArray(value)) return value.map(asJson);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asJson(inner)]));
  throw new EditError('edit/refused', 'Only what JSON can hold can be set.');
}

/** Whether the tenant's schema has a text, and nothing but a text, at a path. */
function wantsText(path: readonly string[]): boolean {
  let schema: unknown = readSchema('Tenant');
  for (const name of path) {
    if (!isObject(schema)) return false;
    const { properties, additionalProperties, items } = schema;
    schema =
      isObject(properties) && Object.hasOwn(properties, name)
        ? properties[name]
        : (items ?? additionalProperties);
  }
  return isObject(schema) && schema.type === 'string';
}
