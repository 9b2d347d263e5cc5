import { writeFileSync } from 'node:fs';
import { sources } from './kinds/sources.ts';
import { type Kind, kindNames, schemaFile, schemaId } from './kinds.ts';
import { renderReference } from './reference.ts';

/** The JSON Schema (draft 2020-12) of a kind as plain JSON, from its TypeBox source. */
function emitSchema(kind: Kind): Record<string, unknown> {
  const { title, description, ...rest } = JSON.parse(JSON.stringify(sources[kind])) as Record<
    string,
    unknown
  >;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: schemaId(kind),
    title,
    description,
    ...rest,
  };
}

/** What is generated from the TypeBox sources: file name in this folder to its whole text. */
export function emitAll(): Record<string, string> {
  const schemas = new Map(kindNames.map((kind) => [kind, emitSchema(kind)]));
  const files: Record<string, string> = { 'REFERENCE.md': renderReference(schemas) };
  for (const [kind, schema] of schemas) files[schemaFile(kind)] = `${JSON.stringify(schema, null, 2)}\n`;
  return files;
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(emitAll())) writeFileSync(new URL(file, import.meta.url), text);
}
