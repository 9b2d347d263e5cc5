import type { ErrorObject } from 'ajv';
import {
  type ExplainOptions,
  missingField,
  requiredChoice,
  type Schema,
  sentence,
  subjectOf,
  unknownField,
} from './sentences.ts';
import { short } from './short.ts';
import { toPointer } from './yaml-tree.ts';

/** A schema error in words, and the pointer that it is about. */
export interface Explained {
  readonly code: string;
  readonly pointer: string;
  /** Whether the position wanted is that of the key rather than of the value. */
  readonly atKey: boolean;
  readonly message: string;
}

/**
 * Errors of one file that are looked at, and problems that are told. A file made to cost has thousands, and finding the
 * right sentence compares them with each other.
 */
const MAX_ERRORS = 400;
const MAX_PROBLEMS = 50;

/** Turns ajv's errors (`allErrors`, `verbose`) into one sentence each, alternatives reduced to what was meant. */
export function explainErrors(errors: readonly ErrorObject[], options: ExplainOptions): Explained[] {
  const meant = withoutAlternatives(errors.slice(0, MAX_ERRORS));
  // A value of the wrong type has no range or length to speak of.
  const mistyped = new Set(meant.filter(isTypeError).map((error) => error.instancePath));
  return meant
    .filter((error) => error.keyword !== 'propertyNames')
    .filter(
      (error) => isTypeError(error) || error.propertyName !== undefined || !mistyped.has(error.instancePath),
    )
    .slice(0, MAX_PROBLEMS)
    .map((error) => explainError(error, options));
}

function isTypeError(error: ErrorObject): boolean {
  return error.keyword === 'type' && error.propertyName === undefined;
}

/**
 * Of a failed `oneOf` or `anyOf`, ajv reports every branch. What helps is either the branch whose type fits the value,
 * or the alternative itself.
 */
function withoutAlternatives(errors: readonly ErrorObject[]): ErrorObject[] {
  const dropped = new Set<ErrorObject>();
  for (const outer of errors) {
    if (outer.keyword !== 'oneOf' && outer.keyword !== 'anyOf') continue;
    const branches = Map.groupBy(
      errors.filter((inner) => isWithin(inner, outer)),
      (inner) => inner.schemaPath.slice(outer.schemaPath.length + 1).split('/')[0] ?? '',
    );
    const meant = [...branches.values()].filter((branch) => branch.every((inner) => fits(inner, outer)));
    const [only] = meant;
    const shown = meant.length === 1 && only !== undefined && !isRequiredChoice(outer) ? only : [outer];
    for (const error of [outer, ...[...branches.values()].flat()]) {
      if (!shown.includes(error)) dropped.add(error);
    }
  }
  return errors.filter((error) => !dropped.has(error));
}

function isWithin(inner: ErrorObject, outer: ErrorObject): boolean {
  return (
    inner.schemaPath.startsWith(`${outer.schemaPath}/`) &&
    (inner.instancePath === outer.instancePath || inner.instancePath.startsWith(`${outer.instancePath}/`))
  );
}

function fits(inner: ErrorObject, outer: ErrorObject): boolean {
  return !(inner.keyword === 'type' && inner.instancePath === outer.instancePath);
}

function isRequiredChoice(error: ErrorObject): boolean {
  return requiredChoice(error.schema) !== null;
}

function explainError(error: ErrorObject, options: ExplainOptions): Explained {
  const { keyword, instancePath, propertyName } = error;
  const pointer = propertyName === undefined ? instancePath : instancePath + toPointer([propertyName]);
  const params = error.params as Readonly<Record<string, unknown>>;
  const parent = (error.parentSchema ?? {}) as Schema;
  const here = { code: `schema/${kebab(keyword)}`, pointer, atKey: propertyName !== undefined };
  if (keyword === 'required') {
    const missing = String(params['missingProperty']);
    return {
      ...here,
      pointer: pointer + toPointer([missing]),
      message: missingField(pointer, missing, parent),
    };
  }
  if (keyword === 'additionalProperties') {
    const extra = String(params['additionalProperty']);
    const at = pointer + toPointer([extra]);
    return {
      ...here,
      code: 'schema/unknown-field',
      pointer: at,
      atKey: true,
      message: unknownField(pointer, extra, parent),
    };
  }
  const subject = propertyName === undefined ? subjectOf(pointer) : `The name \`${short(propertyName)}\``;
  return { ...here, message: sentence(error, subject, options) };
}

function kebab(keyword: string): string {
  return keyword.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
