import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import type { FastifyInstance, FastifySchemaCompiler, RouteOptions } from 'fastify';
import { isObject } from '../../schemas/is-object.ts';

/** JSON Schema 2020-12, strict. Nothing is coerced, removed or filled in, but for text in addresses. */
function makeAjv(coerceTypes: boolean): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, coerceTypes, useDefaults: false });
  ajvFormats.default(ajv);
  return ajv;
}

/**
 * Judges what comes in by the schemas of the routes: bodies as they are, queries and parameters with their texts read as
 * the numbers and booleans that the schema names.
 */
export function validateBySchemas(app: FastifyInstance): void {
  const exact = makeAjv(false);
  const fromText = makeAjv(true);
  const compile: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
    (httpPart === 'body' ? exact : fromText).compile(schema);
  app.setValidatorCompiler(compile);
  app.addHook('onRoute', closeSchemas);
}

/**
 * Answers are written as they are; the schemas of answers are for OpenAPI. Where `check` is set (tests), an answer that is
 * not as its schema says is an error of ours.
 */
export function serializeBySchemas(app: FastifyInstance, check: boolean): void {
  const ajv = check ? makeAjv(false) : null;
  app.setSerializerCompiler(({ schema, method, url, httpStatus }) => {
    const validate: ValidateFunction | undefined = ajv?.compile(schema as object);
    return (data: unknown) => {
      const text = JSON.stringify(data);
      if (validate !== undefined && !validate(JSON.parse(text))) {
        const why = JSON.stringify(validate.errors);
        throw new Error(`${method} ${url} answers ${httpStatus} with what its schema does not say: ${why}`);
      }
      return text;
    };
  });
}

/** A mistyped field must not pass in silence: bodies and queries refuse what they do not name, unless they say otherwise. */
function closeSchemas(route: RouteOptions): void {
  const { schema } = route;
  if (schema === undefined) return;
  for (const part of ['body', 'querystring'] as const) {
    const given = schema[part];
    if (isObject(given) && given['type'] === 'object' && given['additionalProperties'] === undefined) {
      schema[part] = { ...given, additionalProperties: false };
    }
  }
}
