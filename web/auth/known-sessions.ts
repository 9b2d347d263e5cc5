import type { EndedSessions } from './ended-sessions.ts';
import type { Session } from './sessions.ts';

/** Milliseconds for which a session that was looked up is taken to go on. */
const KEPT_MS = 1_000;
/** Sessions that are kept; beyond, all are looked up anew. */
const MOST = 10_000;

/** Sessions that were looked up a moment ago. */
export interface KnownSessions {
  /**
   * A session by what names it; `look` is asked when it is not known.
   * @param key no secret: a hash, or an id
   */
  find(key: string, look: () => Promise<Session | null>): Promise<Session | null>;
}

/**
 * A page asks many things at once, and each would ask the store whose it is: with the embedded store that is most of what
 * such a request costs. Any end of a session here forgets them all at once; one that another program ends in the store, or
 * that is over by itself, goes on for a second at most.
 *
 * @param now milliseconds since the epoch
 */
export function knownSessions(ended: EndedSessions, now: () => number): KnownSessions {
  const known = new Map<string, { readonly session: Session; readonly at: number }>();
  let ends = 0;
  ended.onEnded(() => {
    ends += 1;
    known.clear();
  });
  return {
    async find(key, look) {
      const [at, before] = [now(), ends];
      const found = known.get(key);
      // A clock that was put back makes nothing younger.
      if (found !== undefined && at >= found.at && at - found.at < KEPT_MS) return found.session;
      const session = await look();
      if (known.size >= MOST) known.clear();
      // What ended while it was looked up may have been this one.
      if (session !== null && before === ends) known.set(key, { session, at });
      return session;
    },
  };
}
