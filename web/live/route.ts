import type { FastifyPluginAsync } from 'fastify';
import type { Audit } from '../ports.ts';
import { callerOf } from '../request.ts';
import { LiveSession, type LiveSources } from './live-session.ts';
import { refusedTopics } from './refused-topics.ts';
import { OpenByAccount, type WatchParts, watchCaller } from './watch-caller.ts';

export interface LiveParts extends LiveSources, WatchParts {
  readonly audit: Audit;
}

/** Messages that a client may send in ten seconds: a page that is opened says two. */
const mostMessages = 200;
const messagesMs = 10_000;
const pingMs = 20_000;
/** Close codes: sign in again; too many sockets, or too much said. */
const signIn = 4401;
const tooMany = 4429;

/** `GET /v1/events/ws`: who may have it is judged before, as for any route; cookies are taken from this page alone. */
export function liveRoute(parts: LiveParts): FastifyPluginAsync {
  const { log } = parts;
  const refused = refusedTopics(parts.audit, log, parts.now);
  const sockets = new OpenByAccount();
  return async (app) => {
    app.get('/events/ws', { websocket: true, schema: { hide: true } }, (socket, request) => {
      const caller = callerOf(request);
      const giveBack = sockets.take(caller.id);
      if (giveBack === null) return socket.close(tooMany, 'too many sockets of one account');
      const onRefused = (topic: string, why: string): void => refused(request, caller, topic, why);
      const session = new LiveSession(parts, caller, socket, onRefused);
      const stop = watchCaller(parts, request, caller, () => socket.close(signIn, 'sign in again'));
      let alive = true;
      const ping = setInterval(() => {
        if (!alive) return socket.terminate();
        alive = false;
        socket.ping();
      }, pingMs);
      let said = 0;
      const forget = setInterval(() => {
        said = 0;
      }, messagesMs);
      // Not any message: who sends without reading would be alive for ever.
      socket.on('pong', () => {
        alive = true;
      });
      socket.on('error', (error) => log.debug({ err: error }, 'a client went away'));
      socket.on('message', (data: Buffer, isBinary) => {
        said += 1;
        if (said > mostMessages) return socket.close(tooMany, 'too many messages');
        if (isBinary || !session.take(data.toString()))
          socket.close(1008, 'this is no message of this socket');
      });
      socket.on('close', () => {
        clearInterval(ping);
        clearInterval(forget);
        stop();
        session.close();
        giveBack();
      });
    });
  };
}
