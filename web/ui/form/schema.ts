/** The part of JSON Schema (2020-12) that the language uses, as it comes over the line. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: string | number | boolean;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** The schema of what stands at a path; null where the language says nothing of it. */
export function schemaAt(root: JsonSchema, path: readonly string[]): JsonSchema | null {
  let schema: JsonSchema | null = root;
  for (const name of path) schema = schema === null ? null : below(schema, name);
  return schema;
}

function below(schema: JsonSchema, name: string): JsonSchema | null {
  const { properties, additionalProperties, items } = schema;
  if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name] ?? null;
  if (items !== undefined && /^\d+$/.test(name)) return items;
  if (typeof additionalProperties === 'object') return additionalProperties;
  for (const branch of schema.oneOf ?? []) {
    const found = below(branch, name);
    if (found !== null) return found;
  }
  return null;
}

/** Keys that may stand in a map, with what each means. */
export function keysOf(schema: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  const own = Object.entries(schema.properties ?? {});
  return own.length > 0
    ? own
    : (schema.oneOf ?? []).flatMap((branch) => Object.entries(branch.properties ?? {}));
}

/** Values that a schema names, as they are written in YAML. */
export function valuesOf(schema: JsonSchema): readonly string[] {
  if (schema.const !== undefined) return [String(schema.const)];
  if (schema.enum !== undefined) return schema.enum.map(String);
  return schema.type === 'boolean' ? ['true', 'false'] : [];
}

/** Limits and default of a schema in a few words. */
export function factsOf(schema: JsonSchema): string {
  const { minimum, maximum, maxLength } = schema;
  const said = [
    schema.type ?? (schema.oneOf === undefined ? '' : 'one of several forms'),
    minimum !== undefined && maximum !== undefined
      ? `${minimum} to ${maximum}`
      : minimum === undefined
        ? ''
        : `at least ${minimum}`,
    minimum === undefined && maximum !== undefined ? `at most ${maximum}` : '',
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    schema.default === undefined || schema.default === '' ? '' : `default ${JSON.stringify(schema.default)}`,
  ];
  return said.filter((part) => part !== '').join(', ');
}
