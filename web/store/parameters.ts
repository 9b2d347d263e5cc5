import { StoreError } from './store-error.ts';

/**
 * Brings the parameters of a statement to what both engines read alike. Their own ways part: `pg` writes an array of
 * objects as a Postgres array and a date in local time, PGlite writes both as the column wants them.
 *
 * Text is kept storable: Postgres has no place for U+0000 nor for half a surrogate pair, and what a container logs may
 * hold either. They become U+FFFD.
 *
 * @throws StoreError `store/misused` for `undefined`, and for an array that is meant as JSON: pass `asJson(…)`
 */
export function toParameters(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value, index) => toParameter(value, `$${index + 1}`));
}

/** JSON text for a `jsonb` column. Objects given as parameters become it by themselves; arrays need it. */
export function asJson(value: unknown): string {
  // JSON.stringify escapes exactly those halves of surrogate pairs that stand alone, and U+0000, everywhere.
  return JSON.stringify(value).replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g, (whole, escape: string) =>
    escape.length > 1 ? '\ufffd' : whole,
  );
}

function toParameter(value: unknown, name: string): unknown {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return storable(value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((item) => toItem(item, name));
  if (typeof value === 'object') return asJson(value);
  throw new StoreError('store/misused', `parameter ${name} is ${typeof value}; pass null for no value`);
}

function toItem(item: unknown, name: string): unknown {
  if (typeof item === 'object' && item !== null && !(item instanceof Date) && !(item instanceof Uint8Array))
    throw new StoreError(
      'store/misused',
      `parameter ${name} is an array that holds objects; pass it as JSON text`,
    );
  return toParameter(item, name);
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd');
}

/** A moment by somebody else's clock, which may say anything; what no column can hold is now. */
export function storableMoment(at: number, now: number): number {
  const whole = Math.round(at);
  return Number.isSafeInteger(whole) ? whole : now;
}
