import type { Place } from '../api/models/tenant-query.ts';
import { WebError } from '../errors.ts';

/**
 * Where a page ended, as the place of its last line and not as its name: that line may be elsewhere by now, or gone, and
 * what comes after its place is the same all the same.
 */
export function cursorOf({ name, phase, since, node, drift }: Place): string {
  return Buffer.from(JSON.stringify([name, phase, since, node, drift])).toString('base64url');
}

/** @throws WebError 400 */
export function placeOf(cursor: string): Place {
  const [name, phase, since, node, drift] = parsed(cursor);
  if (
    typeof name === 'string' &&
    typeof phase === 'string' &&
    typeof since === 'number' &&
    typeof node === 'string' &&
    typeof drift === 'number'
  )
    return { name, phase: phase as Place['phase'], since, node, drift };
  throw new WebError(
    'tenants/cursor',
    400,
    'This is no cursor of the list: take `next` of the page before, or none to begin anew.',
  );
}

function parsed(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
