import type { ErrorObject } from 'ajv';
import { Errors } from 'typebox/schema';
import { explainErrors } from '../../../schemas/explain.ts';
import { readYaml } from '../../../schemas/yaml.ts';
import { pointerParts } from '../../../schemas/yaml-tree.ts';
import type { JsonSchema } from './schema.ts';

export interface CheckedProblem {
  readonly code: string;
  readonly line: number;
  readonly column: number;
  readonly pointer: string;
  readonly message: string;
}

export interface Checked {
  /** Plain JSON; undefined while the text is no YAML of the language. */
  readonly value: unknown;
  readonly problems: readonly CheckedProblem[];
}

/**
 * Reads a text as the server will, and judges it by the same schema in the same words. The validator of the server
 * makes code from a schema, which the page's content security policy forbids: here TypeBox interprets it.
 */
export function checkText(text: string, schema: JsonSchema): Checked {
  const file = readYaml(new TextEncoder().encode(text));
  if (file.findings.length > 0) {
    return { value: undefined, problems: file.findings.map((finding) => ({ ...finding, pointer: '' })) };
  }
  const [, errors] = Errors(schema as object, file.value);
  const options = { source: file.source, showValues: true };
  const problems = explainErrors(
    errors.flatMap((error) => asAjv(error, schema, file.value)),
    options,
  ).map(({ code, pointer, atKey, message }) => ({
    ...(atKey ? file.locateKey(pointer) : file.locate(pointer)),
    code,
    pointer,
    message,
  }));
  return { value: file.value, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

type Found = ReturnType<typeof Errors>[1][number];

/** One error of TypeBox as the errors that ajv would give with `allErrors` and `verbose`. */
function asAjv(error: Found, root: JsonSchema, value: unknown): ErrorObject[] {
  const { keyword, schemaPath, instancePath, message } = error;
  const parentSchema = at(root, pointerParts(schemaPath.replace(/^#/, ''))) as
    | Record<string, unknown>
    | undefined;
  const data = at(value, pointerParts(instancePath));
  const make = (params: object): ErrorObject => ({
    keyword,
    schemaPath: `${schemaPath}/${keyword}`,
    instancePath,
    params: params as ErrorObject['params'],
    message,
    schema: parentSchema?.[keyword],
    data,
    ...(parentSchema === undefined ? {} : { parentSchema }),
  });
  if (error.keyword === 'required') {
    return error.params.requiredProperties.map((missingProperty) => make({ missingProperty }));
  }
  if (error.keyword === 'additionalProperties') {
    // Where such fields have a schema of their own, what it says of them is an error by itself.
    if (parentSchema?.['additionalProperties'] !== false) return [];
    return error.params.additionalProperties.map((additionalProperty) => make({ additionalProperty }));
  }
  // Told by the keyword around them.
  if (error.keyword === 'boolean' || schemaPath.includes('/propertyNames')) return [];
  if (error.keyword === 'propertyNames') {
    return error.params.propertyNames.map((propertyName) => badName(make({}), propertyName));
  }
  if (error.keyword === 'uniqueItems') {
    const [j = 0, i = 0] = error.params.duplicateItems;
    return [make({ i, j })];
  }
  return [make(error.params)];
}

/** A name that does not fit, as its own error. */
function badName(outer: ErrorObject, propertyName: string): ErrorObject {
  const names = (outer.parentSchema?.['propertyNames'] ?? {}) as JsonSchema;
  const tooLong = names.maxLength !== undefined && propertyName.length > names.maxLength;
  const keyword = tooLong ? 'maxLength' : 'pattern';
  const params = tooLong ? { limit: names.maxLength } : { pattern: names.pattern };
  return {
    ...outer,
    keyword,
    schemaPath: `${outer.schemaPath}/${keyword}`,
    propertyName,
    params,
    data: propertyName,
    parentSchema: names,
  };
}

function at(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const name of path) {
    value =
      typeof value === 'object' && value !== null
        ? (value as Readonly<Record<string, unknown>>)[name]
        : undefined;
  }
  return value;
}
