import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * A value in clear that prints as `[redacted]` wherever it may end up: in a template string, JSON, an error, the
 * console. `reveal()` is the only way to the bytes, so that a search for it finds every use.
 */
export class Secret {
  readonly #value: Uint8Array;

  constructor(value: Uint8Array | string) {
    this.#value = typeof value === 'string' ? new TextEncoder().encode(value) : Uint8Array.from(value);
  }

  /** A copy of the bytes. */
  reveal(): Uint8Array {
    return Uint8Array.from(this.#value);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return `Secret ${REDACTED}`;
  }
}
