import { toPointer } from '../../../schemas/yaml-tree.ts';
import type { Json } from './edit-text.ts';
import type { JsonSchema } from './schema.ts';

/** Sets the value at a JSON pointer; undefined takes it out. */
export type SetField = (pointer: string, value: Json | undefined) => void;

interface Place {
  readonly pointer: string;
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly editable: boolean;
  /** Whether the document says it; what it does not say has its default. */
  readonly said: boolean;
}

export type Field = Place &
  (
    | { readonly kind: 'text' | 'long-text'; readonly value: string; readonly fallback: string }
    | {
        readonly kind: 'number';
        readonly value: number | null;
        readonly whole: boolean;
        readonly fallback: string;
      }
    | { readonly kind: 'yes-no'; readonly value: boolean | null; readonly fallback: boolean }
    | {
        readonly kind: 'choice';
        readonly value: string;
        readonly options: readonly string[];
        readonly fallback: string;
      }
    | { readonly kind: 'texts'; readonly value: readonly string[] }
    | { readonly kind: 'pairs'; readonly value: readonly (readonly [string, string])[] }
    | { readonly kind: 'group'; readonly fields: readonly Field[] }
    | { readonly kind: 'items'; readonly fields: readonly Field[] }
    /** What has no form: it is shown, and edited as YAML. */
    | { readonly kind: 'other'; readonly shown: string }
  );

/** Fields that name the document; they are its place in the repository and do not change. */
const FIXED = new Set(['/apiVersion', '/kind', '/metadata/name']);

/**
 * The fields of a form for a document, from its JSON Schema and what the document says now.
 * @param editable JSON pointers that may be changed with all below them; `''` is all
 */
export function formOf(schema: JsonSchema, value: unknown, editable: readonly string[]): readonly Field[] {
  const fields = fieldsOf(schema, value, [], editable);
  // What runs comes first; names and labels are seldom what somebody came for.
  return fields.toSorted((a, b) => Number(b.name === 'spec') - Number(a.name === 'spec'));
}

export function mayEdit(pointer: string, editable: readonly string[]): boolean {
  return editable.some((one) => one === '' || pointer === one || pointer.startsWith(`${one}/`));
}

function fieldsOf(
  schema: JsonSchema,
  value: unknown,
  path: readonly string[],
  editable: readonly string[],
): Field[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {})
    .map(([name, inner]) =>
      fieldOf(inner, member(value, name), [...path, name], required.has(name), editable),
    )
    .filter(({ pointer }) => !FIXED.has(pointer));
}

function fieldOf(
  schema: JsonSchema,
  value: unknown,
  path: readonly string[],
  required: boolean,
  editable: readonly string[],
): Field {
  const pointer = toPointer(path);
  const place: Place = {
    pointer,
    name: path.at(-1) ?? '',
    description: schema.description ?? '',
    required,
    editable: mayEdit(pointer, editable),
    said: value !== undefined,
  };
  if (schema.enum !== undefined && schema.enum.every((one) => typeof one === 'string')) {
    return {
      ...place,
      kind: 'choice',
      value: textOf(value),
      options: schema.enum.map(String),
      fallback: textOf(schema.default),
    };
  }
  switch (schema.type) {
    case 'string':
      return {
        ...place,
        kind: isLong(schema, value) ? 'long-text' : 'text',
        value: textOf(value),
        fallback: textOf(schema.default),
      };
    case 'number':
    case 'integer':
      return {
        ...place,
        kind: 'number',
        value: typeof value === 'number' ? value : null,
        whole: schema.type === 'integer',
        fallback: textOf(schema.default),
      };
    case 'boolean':
      return {
        ...place,
        kind: 'yes-no',
        value: typeof value === 'boolean' ? value : null,
        fallback: schema.default === true,
      };
    case 'array':
      return listField(schema, value, path, place, editable);
    case 'object':
      return mapField(schema, value, path, place, editable);
    case undefined:
    default:
      return { ...place, kind: 'other', shown: shownValue(value) };
  }
}

function listField(
  schema: JsonSchema,
  value: unknown,
  path: readonly string[],
  place: Place,
  editable: readonly string[],
): Field {
  const { items } = schema;
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  if (items?.type === 'string' && list.every((item) => typeof item === 'string')) {
    return { ...place, kind: 'texts', value: list };
  }
  if (items?.type === 'object' && items.properties !== undefined) {
    return {
      ...place,
      kind: 'items',
      fields: list.map((item, index) => fieldOf(items, item, [...path, String(index)], true, editable)),
    };
  }
  return { ...place, kind: 'other', shown: shownValue(value) };
}

function mapField(
  schema: JsonSchema,
  value: unknown,
  path: readonly string[],
  place: Place,
  editable: readonly string[],
): Field {
  const { additionalProperties, properties } = schema;
  if (properties !== undefined)
    return { ...place, kind: 'group', fields: fieldsOf(schema, value, path, editable) };
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const isTexts = typeof additionalProperties === 'object' && additionalProperties.type === 'string';
  // Free-form maps have a form as long as they hold nothing but texts.
  if (
    isTexts ||
    (additionalProperties === undefined &&
      value !== undefined &&
      entries.every(([, one]) => typeof one === 'string'))
  ) {
    return { ...place, kind: 'pairs', value: entries.map(([key, one]) => [key, textOf(one)] as const) };
  }
  return { ...place, kind: 'other', shown: shownValue(value) };
}

/** Long without a limit, or written on several lines: a text to be read, not a name. */
function isLong(schema: JsonSchema, value: unknown): boolean {
  if (typeof value === 'string' && value.includes('\n')) return true;
  return schema.pattern === undefined && schema.format === undefined && schema.maxLength === undefined;
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function shownValue(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}
