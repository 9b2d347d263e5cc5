import { scrub } from '../../desired-state/git/errors.ts';
import { Secret } from '../../desired-state/secrets/secret.ts';

const REDACTED = '[redacted]';
/** Names of fields that hold what nobody may read in a log, in whatever spelling. */
const secretName = /authori[sz]ation|cookie|passw|secret|token|csrf|invitation|credential|private|^jwk$/i;
/** What is one by its look: a JWT, what follows `Bearer` and `Basic`, and our own tokens. */
const secretText = /eyJ[\w-]+\.[\w-]+\.[\w-]*|\b(?:Bearer|Basic)\s+[\w.~+/=-]+|\btnt_[a-z]+_[\w-]+/gi;
const DEEPEST = 8;

/** Text without what looks like a secret, and without the userinfo of addresses. */
export function redactedText(text: string): string {
  return scrub(text).replaceAll(secretText, REDACTED);
}

/** A copy for the log, without secrets: by type (`Secret`), by the name of the field, and by the look of texts. */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactedText(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? `${value}` : value;
  if (value instanceof Secret) return REDACTED;
  if (value instanceof Date) return value.toISOString();
  if (depth >= DEEPEST || value instanceof Uint8Array) return '[…]';
  if (Array.isArray(value)) return value.map((item) => redacted(item, depth + 1));
  if (value instanceof Error) return redactedError(value, depth);
  return redactedFields(value, depth);
}

function redactedFields(value: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    secretName.test(name) && inner !== null && typeof inner !== 'boolean'
      ? REDACTED
      : redacted(inner, depth + 1),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function redactedError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message: redactedText(message),
    ...(stack === undefined ? {} : { stack: redactedText(stack) }),
    ...(cause === undefined ? {} : { cause: redacted(cause, depth + 1) }),
    ...redactedFields(error, depth),
  };
}
