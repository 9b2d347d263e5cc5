import Type, { type Static, type TProperties, type TSchema } from 'typebox';
import { API_VERSION } from '../api-version.ts';
import { patterns } from '../patterns.ts';

/** An object that refuses fields it does not name. Every object of the language with a fixed set of fields is one. */
export function closed<P extends TProperties>(
  description: string,
  properties: P,
  options: { readonly [keyword: string]: unknown } = {},
) {
  return Type.Object(properties, { description, additionalProperties: false, ...options });
}

/** A map from names to values of one schema, with a rule for the names. */
export function mapOf<V extends TSchema>(
  description: string,
  names: { readonly source: string },
  value: V,
  options: { readonly [keyword: string]: unknown } = {},
) {
  return Type.Unsafe<Record<string, Static<V>>>({
    type: 'object',
    description,
    propertyNames: { pattern: names.source, maxLength: 63 },
    additionalProperties: value,
    ...options,
  });
}

/** Free-form content that no schema of ours describes. */
export function freeForm(description: string) {
  return Type.Unsafe<Record<string, unknown>>({ type: 'object', description });
}

/** One of several fixed words. */
export function oneWord<const W extends readonly [string, ...string[]]>(
  description: string,
  words: W,
  options: { readonly [keyword: string]: unknown } = {},
) {
  return Type.Unsafe<W[number]>({ type: 'string', enum: [...words], description, ...options });
}

function metadata(name: string, length: { readonly minLength: number; readonly maxLength: number }) {
  const text = Type.String({ maxLength: 1024 });
  return closed('What identifies and describes the document.', {
    name: Type.String({ description: name, pattern: patterns.name.source, ...length }),
    labels: Type.Optional(
      mapOf(
        'Short texts to select and group by. Keys beginning with `dev.tenantry` are reserved.',
        patterns.labelKey,
        text,
      ),
    ),
    annotations: Type.Optional(
      mapOf('Texts for people and tools; nothing in Tenantry acts on them.', patterns.labelKey, text),
    ),
  });
}

/**
 * The schema of one kind of document: `apiVersion`, `kind`, `metadata` and its `spec`.
 * `name` says what `metadata.name` must agree with.
 */
export function envelope<K extends string, S extends TSchema>(
  kind: K,
  spec: S,
  about: {
    readonly description: string;
    readonly name: string;
    readonly nameLength?: { readonly minLength: number; readonly maxLength: number };
    readonly examples: readonly unknown[];
  },
) {
  return closed(
    about.description,
    {
      apiVersion: Type.Literal(API_VERSION, { description: 'Version of the language.' }),
      kind: Type.Literal(kind, { description: 'What the document describes.' }),
      metadata: metadata(about.name, about.nameLength ?? { minLength: 1, maxLength: 63 }),
      spec,
    },
    { title: kind, examples: about.examples },
  );
}
