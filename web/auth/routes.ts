import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { foldEmail } from '../../schemas/email.ts';
import { actionsOf } from '../access/judge.ts';
import { signedIn, tokens } from '../api/models/auth.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../api/models/password.ts';
import { type Me, me } from '../api/models/platform.ts';
import { WebError } from '../errors.ts';
import { fromOf } from '../http/trail.ts';
import { callerOf as callerIn, fields, typed } from '../request.ts';
import { accessToken, issueAccessToken, refusedToken } from './access-tokens.ts';
import { accountRoutes } from './account-routes.ts';
import type { Account } from './accounts.ts';
import { type AuthParts, callerOf } from './authenticate.ts';
import { clearCookie, cookieOf, csrfOf, setCookie } from './cookie.ts';
import { beginSession, endSession, type SessionKind } from './sessions.ts';
import { refresh, signIn, signUp } from './sign-in.ts';

const client = Type.Optional(
  Type.Unsafe<SessionKind>({
    type: 'string',
    enum: ['browser', 'program'],
    description:
      '`browser` (as without it): a session in a cookie. `program`: an access and a refresh token.',
  }),
);
const email = Type.String({ maxLength: 254 });
const newPassword = Type.String({ minLength: SHORTEST_PASSWORD, maxLength: LONGEST_PASSWORD });
const password = Type.String({ maxLength: LONGEST_PASSWORD });
const token = Type.String({ maxLength: 256 });
const name = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: '^[^\\p{C}<>]*[^\\p{C}<>\\s][^\\p{C}<>]*$',
});

const bodies = {
  signup: fields({ invitation: token, name, password: newPassword, email: Type.Optional(email), client }),
  login: fields({ email, password, client }),
  refresh: fields({ refreshToken: Type.Optional(token) }),
};

/** Sign up, sign in, refresh, sign out, and who one is; what one does with an account, once one is in. */
export function authRoutes(parts: AuthParts): FastifyPluginAsync {
  return async (app) => {
    const routes = typed(app);
    const small = { bodyLimit: 16 * 1024 };
    await app.register(accountRoutes(parts));

    routes.post(
      '/auth/signup',
      { ...small, schema: { body: bodies.signup, response: { 201: signedIn } } },
      async (request, reply) => {
        await app.limiter.signInAddress(request);
        const account = await signUp(parts, request.body);
        // Those of the password before it.
        parts.ended.tell();
        return begin(parts, request, reply.code(201), { account, kind: request.body.client });
      },
    );

    routes.post(
      '/auth/login',
      { ...small, schema: { body: bodies.login, response: { 200: signedIn } } },
      async (request, reply) => {
        request.told.who = foldEmail(request.body.email);
        request.told.target = request.told.who;
        await app.limiter.signInAddress(request);
        const account = await app.limiter.signInAccount(request.told.who, () =>
          signIn(parts, request.body.email, request.body.password),
        );
        return begin(parts, request, reply, { account, kind: request.body.client });
      },
    );

    routes.post(
      '/auth/refresh',
      { ...small, schema: { body: bodies.refresh, response: { 200: tokens } } },
      async (request) => {
        await app.limiter.signInAddress(request);
        const given = request.body.refreshToken;
        if (given === undefined) throw noRefreshToken();
        const answer = await refresh(parts, given);
        if (answer.outcome === 'reused') {
          parts.ended.tell();
          request.told.who = answer.email;
          throw reused();
        }
        if (answer.outcome === 'unknown') throw refusedToken();
        request.told.who = answer.session.account.email;
        const { id, account } = answer.session;
        return tokensFor(parts, { account: account.id, session: id, refreshToken: answer.token });
      },
    );

    routes.post(
      '/auth/logout',
      { ...small, schema: { response: { 204: Type.Null() } } },
      async (request, reply) => {
        if (request.session !== null) await endSession(parts.db, request.session.id, parts.now());
        parts.ended.tell();
        clearCookie(reply);
        return reply.code(204).send(null);
      },
    );

    routes.get('/me', { schema: { response: { 200: me } } }, async (request) => {
      const cookie = cookieOf(request);
      const caller = callerIn(request);
      return meOf(caller, caller.via === 'session' ? cookie : null);
    });
  };
}

async function begin(
  parts: AuthParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { account, kind = 'browser' }: { account: Account; kind: SessionKind | undefined },
): Promise<FastifyReply> {
  const { db, now } = parts;
  request.told.who = account.email;
  request.told.target = account.email;
  const session = await beginSession(db, { account: account.id, kind, from: fromOf(request), now: now() });
  const caller = callerOf({ id: session.id, kind, seenAt: now(), account }, parts.roles());
  if (kind === 'browser') {
    setCookie(reply, session.secret);
    return reply.send({ me: meOf(caller, session.secret), tokens: null });
  }
  const given = { account: account.id, session: session.id, refreshToken: session.secret };
  return reply.send({ me: meOf(caller, null), tokens: await tokensFor(parts, given) });
}

async function tokensFor(
  { keys, now }: AuthParts,
  { refreshToken, ...claims }: { account: string; session: string; refreshToken: string },
) {
  const token = await issueAccessToken(keys, claims, now());
  return { accessToken: token, tokenType: 'Bearer', expiresIn: accessToken.seconds, refreshToken };
}

function meOf(caller: ReturnType<typeof callerOf>, cookie: string | null): Me {
  const { id, person, role, owns } = caller;
  return {
    user: { id, ...person },
    role,
    tenants: [...owns].toSorted(),
    csrf: cookie === null ? '' : csrfOf(cookie),
    may: actionsOf(caller, null),
  };
}

function noRefreshToken(): WebError {
  const message =
    'There is no refresh token. A browser session goes on by itself; when it has ended, sign in again.';
  return new WebError('auth/no-refresh-token', 401, message);
}

function reused(): WebError {
  const message =
    'This refresh token has been used before, so somebody has a copy of it. The session is ended; sign in again, and change the password if you do not know how that came.';
  return new WebError('auth/refresh-reused', 401, message);
}
