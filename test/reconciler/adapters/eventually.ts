import { expect } from 'vitest';

/** As `expect.poll`, with the patience that the engine of a busy machine needs. */
export function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: 15_000 });
}
