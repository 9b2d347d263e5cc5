import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { sessionList, setupState } from '../api/models/auth.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../api/models/password.ts';
import { WebError } from '../errors.ts';
import { fields, typed } from '../request.ts';
import { anybodySignedUp } from './accounts.ts';
import type { AuthParts } from './authenticate.ts';
import { endOwnSession, ownSessions, type Session } from './sessions.ts';
import { changePassword } from './sign-in.ts';

const passwordBody = fields({
  password: Type.String({ description: 'The one that holds now.', maxLength: LONGEST_PASSWORD }),
  newPassword: Type.String({ minLength: SHORTEST_PASSWORD, maxLength: LONGEST_PASSWORD }),
});
const params = Type.Object({ id: Type.String({ maxLength: 64 }) });

/** Whether there is an account yet; and of one's own the password and the sessions. */
export function accountRoutes(parts: AuthParts): FastifyPluginAsync {
  const { db, now, ended } = parts;
  // Accounts only ever come: once there is one, nobody makes the store look again.
  let signedUp = false;
  return async (app) => {
    const routes = typed(app);
    routes.get('/auth/setup', { schema: { response: { 200: setupState } } }, async () => {
      signedUp ||= await anybodySignedUp(db);
      return { signedUp };
    });

    routes.put(
      '/auth/password',
      { bodyLimit: 16 * 1024, schema: { body: passwordBody, response: { 204: Type.Null() } } },
      async (request, reply) => {
        const session = sessionOf(request);
        // Who found a browser open may not try passwords there either.
        await app.limiter.signInAccount(session.account.email, () =>
          changePassword(parts, session, request.body),
        );
        ended.tell();
        return reply.code(204).send(null);
      },
    );

    routes.get('/auth/sessions', { schema: { response: { 200: sessionList } } }, async (request) => {
      const { id: current, account } = sessionOf(request);
      const own = await ownSessions(db, account.id, now());
      return { items: own.map((one) => ({ ...one, current: one.id === current })) };
    });

    routes.delete(
      '/auth/sessions/:id',
      { schema: { params, response: { 204: Type.Null() } } },
      async (request, reply) => {
        const { account } = sessionOf(request);
        if (!(await endOwnSession(db, account.id, request.params.id, now()))) throw noSession();
        ended.tell();
        return reply.code(204).send(null);
      },
    );
  };
}

/** The session by which somebody asks. The access hook has made sure of it. */
function sessionOf({ session }: FastifyRequest): Session {
  if (session === null) throw new Error('A route that needs a session was asked without one.');
  return session;
}

function noSession(): WebError {
  return new WebError('auth/no-session', 404, 'You have no such session: it has ended already.');
}
