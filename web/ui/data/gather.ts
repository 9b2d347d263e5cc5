import type { QueryClient, QueryKey } from '@tanstack/react-query';

/** Asks for queries to be read again, soon. */
export type Gatherer = (...keys: readonly QueryKey[]) => void;

/** Keys that come within this time are read together; a busy fleet costs one question in it. */
const WITHIN = 300;

/** Reads again what was named, each key once a turn, the first after `WITHIN` milliseconds. */
export function gatherer(client: QueryClient, after: (ms: number, run: () => void) => void): Gatherer {
  const pending = new Map<string, QueryKey>();
  const flush = (): void => {
    const keys = [...pending.values()];
    pending.clear();
    for (const queryKey of keys) void client.invalidateQueries({ queryKey });
  };
  return (...keys) => {
    if (pending.size === 0) after(WITHIN, flush);
    for (const key of keys) pending.set(JSON.stringify(key), key);
  };
}
