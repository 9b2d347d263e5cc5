import type { QueryClient, QueryKey } from '@tanstack/react-query';

/** Asks for queries to be read again, soon. */
export type Gatherer = (...keys: readonly QueryKey[]) => void;

/** What comes within this time is read together; a busy fleet costs one question in it. */
const WITHIN = 300;
/** What goes on coming is waited for longer and longer, up to this. */
const LONGEST = 10_000;

interface Pace {
  readonly key: QueryKey;
  /** Whether something has come since it was last read. */
  wanted: boolean;
  wait: number;
}

/** What a gatherer does with a key, and whether that is still under way. */
export interface Reading {
  readonly read: (key: QueryKey) => void;
  readonly busy: (key: QueryKey) => boolean;
}

/**
 * Reads again what was named: the first time after `WITHIN` milliseconds, then less and less often for as long as it is
 * named again. What is being read is left to end: to begin anew each time would never end.
 */
export function gatherer({ read, busy }: Reading, after: (ms: number, run: () => void) => void): Gatherer {
  const paces = new Map<string, Pace>();
  const turn = (name: string, pace: Pace): void => {
    if (!pace.wanted) {
      paces.delete(name);
      return;
    }
    if (!busy(pace.key)) {
      pace.wanted = false;
      pace.wait = Math.min(LONGEST, pace.wait * 2);
      read(pace.key);
    }
    after(pace.wait, () => turn(name, pace));
  };
  return (...keys) => {
    for (const key of keys) {
      const name = JSON.stringify(key);
      const known = paces.get(name);
      if (known !== undefined) {
        known.wanted = true;
        continue;
      }
      const pace = { key, wanted: true, wait: WITHIN };
      paces.set(name, pace);
      after(WITHIN, () => turn(name, pace));
    }
  };
}

/** Reads queries of a client again; `['counts']` is the counts of all lists, without their rows. */
export function readingOf(client: QueryClient, readCounts: (client: QueryClient) => Promise<void>): Reading {
  let counting = false;
  return {
    busy: (key) => (isCounts(key) ? counting : client.isFetching({ queryKey: key }) > 0),
    read: (key) => {
      if (!isCounts(key)) return void client.invalidateQueries({ queryKey: key });
      counting = true;
      void readCounts(client).finally(() => {
        counting = false;
      });
    },
  };
}

const isCounts = (key: QueryKey): boolean => key[0] === 'counts';
