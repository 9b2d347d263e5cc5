import { stringify } from 'yaml';
import { type Kind, kinds } from './kinds.ts';
import { patternOf } from './patterns.ts';

type Schema = Readonly<Record<string, unknown>>;

/** One line of a kind's table. */
interface Row {
  readonly field: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** The reference of the language in Markdown, from the emitted schemas of its kinds. */
export function renderReference(schemas: ReadonlyMap<Kind, Schema>): string {
  const links = [...schemas.keys()].map((kind) => `[${kind}](#${kind.toLowerCase()})`).join(' · ');
  const head = [
    '# Reference of the language',
    'Generated from the schemas by `npm run schemas`; do not edit.',
    'Every file of a desired-state repository holds one document: `apiVersion: tenantry.dev/v1`, `kind`, `metadata` ' +
      '(`name`, and if you like `labels` and `annotations`: maps of texts) and `spec`. The path of a file and its name agree. ' +
      'Required fields are marked with `*`; `<name>` stands for a key of your own, `[]` for the entries of a list.',
    links,
  ];
  return `${[...head, ...[...schemas].map(([kind, schema]) => renderKind(kind, schema))].join('\n\n')}\n`;
}

function renderKind(kind: Kind, schema: Schema): string {
  const paths = kinds[kind].paths.map((path) => `\`${path}\``).join(' or ');
  const [example] = listOf(schema['examples']);
  const spec = propertiesOf(schema)['spec'] ?? {};
  return [
    `## ${kind}`,
    textOf(schema['description']),
    `File: ${paths}`,
    table(rowsOf(spec, 'spec')),
    `\`\`\`yaml\n${stringify(example, { lineWidth: 0 })}\`\`\``,
  ].join('\n\n');
}

function table(rows: readonly Row[]): string {
  const cells = rows.map(({ field, required, schema }) =>
    [
      `\`${field}\`${required ? ' *' : ''}`,
      typeOf(schema),
      defaultOf(schema),
      textOf(schema['description']),
    ].map((cell) => cell.replaceAll('|', '\\|')),
  );
  const head = ['field', 'type', 'default', 'meaning'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}

/** The fields below a schema, depth first; the schema itself is not among them. */
function rowsOf(schema: Schema, path: string): Row[] {
  const required = new Set(listOf(schema['required']).map(String));
  const rows = Object.entries(propertiesOf(schema)).flatMap(([name, child]) => {
    const field = `${path}.${name}`;
    return [{ field, required: required.has(name), schema: child }, ...below(child, field)];
  });
  return rows;
}

/** What lies below a value that is a list, a map or an object. */
function below(schema: Schema, field: string): Row[] {
  const items = schemaOf(schema['items']);
  if (items !== null) return listOf(items['oneOf']).length > 0 ? [] : rowsOf(items, `${field}[]`);
  const values = schemaOf(schema['additionalProperties']);
  return [...rowsOf(schema, field), ...(values === null ? [] : rowsOf(values, `${field}.<name>`))];
}

function typeOf(schema: Schema): string {
  const words = listOf(schema['enum']);
  if (words.length > 0) return words.map((word) => `\`${String(word)}\``).join(', ');
  const alternatives = listOf(schema['oneOf']);
  if (schema['type'] === undefined && alternatives.length > 0) {
    return alternatives.map((alternative) => typeOf(schemaOf(alternative) ?? {})).join(' or ');
  }
  switch (schema['type']) {
    case 'string':
      return stringType(schema);
    case 'integer':
    case 'number':
      return `${schema['type'] === 'integer' ? 'whole number' : 'number'}${rangeOf(schema)}`;
    case 'array':
      return `list of ${typeOf(schemaOf(schema['items']) ?? {})}`;
    case 'object':
      return objectType(schema);
    default:
      return String(schema['type']);
  }
}

function stringType(schema: Schema): string {
  if (schema['format'] === 'email') return 'e-mail address';
  return patternOf(textOf(schema['pattern']))?.label ?? 'text';
}

function objectType(schema: Schema): string {
  const values = schemaOf(schema['additionalProperties']);
  if (values !== null) return `map to ${typeOf(values)}`;
  const fields = Object.keys(propertiesOf(schema));
  return fields.length === 0 ? 'anything' : `{${fields.join(', ')}}`;
}

function rangeOf({ minimum, maximum }: Schema): string {
  if (typeof minimum === 'number' && typeof maximum === 'number') return `, ${minimum} to ${maximum}`;
  return typeof minimum === 'number' ? `, at least ${minimum}` : '';
}

function defaultOf(schema: Schema): string {
  const value = schema['default'];
  if (value === undefined) return '';
  return `\`${typeof value === 'string' && value !== '' ? value : JSON.stringify(value)}\``;
}

function propertiesOf(schema: Schema): Readonly<Record<string, Schema>> {
  return (schemaOf(schema['properties']) ?? {}) as Readonly<Record<string, Schema>>;
}

function schemaOf(value: unknown): Schema | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
