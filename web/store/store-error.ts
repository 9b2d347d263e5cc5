/**
 * What a person can mend about the store. Errors of SQL statements are Postgres's own and carry its five-character
 * `code`, alike on both engines.
 */
export class StoreError extends Error {
  readonly code: 'store/held' | 'store/unreachable' | 'store/unreadable' | 'store/misused' | 'store/timeout';

  constructor(code: StoreError['code'], message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** Postgres's code of a statement's failure, such as `23505`; null for any other error. */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}

/** Whether a row was refused because another one holds the same key. */
export function isTaken(error: unknown): boolean {
  return sqlState(error) === '23505';
}
