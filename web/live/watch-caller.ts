import type { FastifyRequest } from 'fastify';
import type { EndedSessions } from '../auth/ended-sessions.ts';
import { WebError } from '../errors.ts';
import type { Authenticate } from '../http/gate.ts';
import type { Log } from '../log.ts';
import type { Branch, Caller, Stop } from '../ports.ts';

export interface WatchParts {
  /** Says who asks, again: a session may have ended since, and Git may give other roles. */
  readonly authenticate: Authenticate;
  readonly ended: Pick<EndedSessions, 'onEnded'>;
  readonly branch: Pick<Branch, 'onMoved'>;
  readonly log: Log;
  readonly recheckMs?: number;
}

/** What goes on after its request was judged: ends it as soon as the same person has not the same rights any more. */
export function watchCaller(
  { authenticate, ended, branch, log, recheckMs = 60_000 }: WatchParts,
  request: FastifyRequest,
  caller: Caller,
  end: () => void,
): Stop {
  const recheck = (): void => {
    stillAs(authenticate, request, caller)
      .then((same) => {
        if (!same) end();
      })
      .catch((error: unknown) => {
        // Whoever cannot be looked up may do no more until he can: he asks again.
        log.error(
          { err: error },
          'whether somebody who watches still may could not be looked up; he is sent away',
        );
        end();
      });
  };
  const checking = setInterval(recheck, recheckMs);
  const stops = [branch.onMoved(recheck), ended.onEnded(recheck)];
  return () => {
    clearInterval(checking);
    for (const stop of stops) stop();
  };
}

/** Whether the same person still has the same rights. */
async function stillAs(
  authenticate: Authenticate,
  request: FastifyRequest,
  before: Caller,
): Promise<boolean> {
  const now = await authenticate(request).catch((error: unknown) => {
    if (error instanceof WebError && error.status === 401) return null;
    throw error;
  });
  return now !== null && rightsOf(now) === rightsOf(before);
}

function rightsOf({ id, role, tenants, owns }: Caller): string {
  return JSON.stringify([id, role, tenants === null ? null : [...tenants].sort(), [...owns].sort()]);
}

/** Sockets and streams that one account may have open at once. */
const MOST_OPEN = 20;

/** Counts what is open by account. `take` answers how to give it back; null when there are too many. */
export class OpenByAccount {
  readonly #open = new Map<string, number>();

  take(account: string): Stop | null {
    const open = this.#open.get(account) ?? 0;
    if (open >= MOST_OPEN) return null;
    this.#open.set(account, open + 1);
    return () => {
      const left = (this.#open.get(account) ?? 1) - 1;
      if (left > 0) this.#open.set(account, left);
      else this.#open.delete(account);
    };
  }
}
