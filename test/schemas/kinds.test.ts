import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { emitAll } from '../../schemas/emit.ts';
import { kindNames, kinds, readSchema, schemaFile, schemaId } from '../../schemas/kinds.ts';
import { classifyPath } from '../../schemas/layout.ts';
import { patterns } from '../../schemas/patterns.ts';
import { parseDocument } from '../../schemas/validate.ts';
import { bytes, examples, pathFor } from './documents.ts';

const folder = new URL('../../schemas/', import.meta.url);

type Schema = Readonly<Record<string, unknown>>;

/** Every subschema that describes a value, with its path. Branches of `oneOf` and `anyOf` only narrow and are left out. */
function* subschemas(schema: Schema, path: string): Generator<[string, Schema]> {
  yield [path, schema];
  for (const [name, child] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)) {
    yield* subschemas(child, `${path}/${name}`);
  }
  for (const keyword of ['items', 'additionalProperties']) {
    const child = schema[keyword];
    if (typeof child === 'object' && child !== null) yield* subschemas(child as Schema, `${path}/${keyword}`);
  }
}

describe('emitted files', () => {
  test('The committed schemas and the reference are what the TypeBox sources emit', () => {
    for (const [file, text] of Object.entries(emitAll())) {
      expect(readFileSync(new URL(file, folder), 'utf8'), `${file}: run "npm run schemas"`).toBe(text);
    }
  });

  test('No schema of a kind that is gone is left over', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.schema.json'));
    expect(files.toSorted()).toEqual(kindNames.map(schemaFile).toSorted());
  });

  test('Every kind is in the table of kinds and in the reference', () => {
    expect(Object.keys(kinds)).toEqual([...kindNames]);
    const reference = readFileSync(new URL('REFERENCE.md', folder), 'utf8');
    for (const kind of kindNames) expect(reference).toContain(`\n## ${kind}\n`);
  });
});

describe.each(kindNames)('the schema of %s', (kind) => {
  const schema = readSchema(kind);

  test('is valid draft 2020-12 and compiles in strict mode with its own examples valid', () => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
    formats.default(ajv, ['email']);
    const validate = ajv.compile(schema);
    for (const example of schema['examples'] as unknown[]) {
      expect(validate(example), JSON.stringify(validate.errors)).toBe(true);
    }
    expect(schema['$id']).toBe(schemaId(kind));
    expect((schema['examples'] as unknown[]).length).toBeGreaterThan(0);
  });

  test('describes every field, refuses unknown ones, and uses only patterns that have a sentence', () => {
    const known = new Set<string>(Object.values(patterns).map(({ source }) => source));
    const free = new Set(['/spec/config', '/spec/parameters']);
    for (const [path, sub] of subschemas(schema, '')) {
      if (!path.endsWith('/additionalProperties'))
        expect(typeof sub['description'], `${kind}${path}`).toBe('string');
      if (sub['type'] === 'object' && !free.has(path)) {
        expect(sub['additionalProperties'], `${kind}${path}`).toBeDefined();
      }
      if (sub['pattern'] !== undefined) expect(known, `${kind}${path}`).toContain(sub['pattern']);
    }
  });

  test('lies where the layout says', () => {
    for (const path of kinds[kind].paths) {
      const place = classifyPath(path.replaceAll(/<[a-z]+>/g, 'some-name'));
      expect(place).toMatchObject({ type: 'document', kind });
    }
  });
});

test.each(examples())('An example of $kind is accepted at $path', ({ kind, path, document, text }) => {
  const parsed = parseDocument(path, bytes(text));
  expect(parsed.problems).toEqual([]);
  expect(parsed.kind).toBe(kind);
  expect(parsed.value).toEqual(document);
  expect(parsed.name).toBe(document.metadata.name);
});

test('No schema has a field for what would let a tenant out of its container', () => {
  const text = kindNames.map((kind) => JSON.stringify(readSchema(kind)['properties'])).join('');
  for (const word of [
    'privileged',
    'capAdd',
    'devices',
    'hostPath',
    'networkMode',
    'pidMode',
    'securityOpt',
    'binds',
  ]) {
    expect(text).not.toContain(`"${word}"`);
  }
});

test('The paths that the tests use are those of the layout', () => {
  for (const kind of kindNames) expect(classifyPath(pathFor(kind, 'acme'))).toMatchObject({ kind });
});
