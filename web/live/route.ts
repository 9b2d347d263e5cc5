import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { EndedSessions } from '../auth/ended-sessions.ts';
import type { Authenticate } from '../http/gate.ts';
import type { Audit, Caller } from '../ports.ts';
import { callerOf } from '../request.ts';
import { LiveSession, type LiveSources } from './live-session.ts';
import { refusedTopics } from './refused-topics.ts';

export interface LiveParts extends LiveSources {
  readonly audit: Audit;
  /** Says who asks, again: a session may have ended since the socket was opened, and Git may give other roles. */
  readonly authenticate: Authenticate;
  readonly ended: Pick<EndedSessions, 'onEnded'>;
  readonly recheckMs?: number;
}

/** What a client may say at once, and how many sockets one account may have. */
const longestMessage = 16 * 1024;
const mostSockets = 20;
const pingMs = 20_000;
/** Close codes: sign in again; too many sockets. */
const signIn = 4401;
const tooMany = 4429;

/** `GET /v1/events/ws`: who may have it is judged before, as for any route; cookies are taken from this page alone. */
export function liveRoute(parts: LiveParts): FastifyPluginAsync {
  const { authenticate, ended, recheckMs = 60_000, branch, log } = parts;
  const refused = refusedTopics(parts.audit, log, parts.now);
  const sockets = new Map<string, number>();
  return async (app) => {
    app.get('/events/ws', { websocket: true, schema: { hide: true } }, (socket, request) => {
      const caller = callerOf(request);
      const open = (sockets.get(caller.id) ?? 0) + 1;
      if (open > mostSockets) return socket.close(tooMany, 'too many sockets of one account');
      sockets.set(caller.id, open);
      const onRefused = (topic: string, why: string): void => refused(request, caller, topic, why);
      const session = new LiveSession(parts, caller, socket, onRefused);
      let alive = true;
      const recheck = (): void => {
        stillAs(authenticate, request, caller)
          .then((same) => {
            if (!same) socket.close(signIn, 'sign in again');
          })
          .catch((error: unknown) => log.error({ err: error }, 'whose socket it is could not be looked up'));
      };
      const ping = setInterval(() => {
        if (!alive) return socket.terminate();
        alive = false;
        socket.ping();
      }, pingMs);
      const checking = setInterval(recheck, recheckMs);
      const stops = [branch.onMoved(recheck), ended.onEnded(recheck)];
      socket.on('pong', () => {
        alive = true;
      });
      socket.on('error', (error) => log.debug({ err: error }, 'a client went away'));
      socket.on('message', (data: Buffer, isBinary) => {
        alive = true;
        if (isBinary || data.length > longestMessage || !session.take(data.toString())) {
          socket.close(1008, 'this is no message of this socket');
        }
      });
      socket.on('close', () => {
        clearInterval(ping);
        clearInterval(checking);
        for (const stop of stops) stop();
        session.close();
        const left = (sockets.get(caller.id) ?? 1) - 1;
        if (left > 0) sockets.set(caller.id, left);
        else sockets.delete(caller.id);
      });
    });
  };
}

/** Whether the same person still has the same rights. */
async function stillAs(
  authenticate: Authenticate,
  request: FastifyRequest,
  before: Caller,
): Promise<boolean> {
  const now = await authenticate(request).catch(() => null);
  return now !== null && rightsOf(now) === rightsOf(before);
}

function rightsOf({ id, role, tenants, owns }: Caller): string {
  return JSON.stringify([id, role, tenants === null ? null : [...tenants].sort(), [...owns].sort()]);
}
