import { factsOf, type JsonSchema, keysOf, schemaAt, valuesOf } from '../form/schema.ts';
import { placeAt } from './place.ts';

export interface Suggestion {
  readonly label: string;
  /** What is written: a key comes with its colon. */
  readonly apply: string;
  readonly detail: string;
  readonly info: string;
}

/** What may stand at a place of a document, from its schema. */
export function suggestions(
  text: string,
  offset: number,
  schema: JsonSchema,
): { readonly from: number; readonly options: readonly Suggestion[] } | null {
  const place = placeAt(text, offset);
  if (place === null) return null;
  const here = schemaAt(schema, place.path);
  if (here === null) return null;
  const options = place.role === 'value' ? values(here) : keys(here);
  return options.length === 0 ? null : { from: place.from, options };
}

function values(schema: JsonSchema): Suggestion[] {
  return valuesOf(schema).map((value) => ({
    label: value,
    apply: value,
    detail: '',
    info: schema.description ?? '',
  }));
}

function keys(schema: JsonSchema): Suggestion[] {
  const required = new Set(schema.required ?? []);
  return keysOf(schema).map(([name, inner]) => ({
    label: name,
    apply: `${name}:${inner.type === 'object' || inner.type === 'array' ? '' : ' '}`,
    detail: required.has(name) ? 'required' : (inner.type ?? ''),
    info: inner.description ?? '',
  }));
}

/** What is known of the key or the value under the pointer. */
export function hoverAt(
  text: string,
  offset: number,
  schema: JsonSchema,
): { readonly title: string; readonly body: string } | null {
  // The end of the word under the pointer says what it is.
  const rest = /^[A-Za-z0-9_./-]*:?/.exec(text.slice(offset))?.[0] ?? '';
  const end = offset + rest.length + (rest.endsWith(':') ? 1 : 0);
  const place = placeAt(text, Math.min(end, text.length));
  if (place === null) return null;
  const path = place.role === 'key' && place.word !== '' ? [...place.path, place.word] : place.path;
  const found = schemaAt(schema, path);
  if (found === null || path.length === 0) return null;
  return {
    title: path.join('.'),
    body: [found.description ?? '', factsOf(found)].filter((part) => part !== '').join('\n'),
  };
}
