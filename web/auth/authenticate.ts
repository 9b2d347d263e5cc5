import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { RoleBook } from '../access/roles.ts';
import { WebError } from '../errors.ts';
import { changes } from '../http/origin.ts';
import type { Caller, Database } from '../ports.ts';
import { refusedToken, verifyAccessToken } from './access-tokens.ts';
import { accountById } from './accounts.ts';
import { cookieOf, csrfOf } from './cookie.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { type KnownSessions, knownSessions } from './known-sessions.ts';
import { type Session, sessionByCookie, sessionById } from './sessions.ts';
import type { SigningKeys } from './signing-keys.ts';
import { hashOf, sha256 } from './tokens.ts';

export interface AuthParts {
  readonly db: Database;
  readonly keys: SigningKeys;
  readonly roles: () => RoleBook;
  readonly ended: EndedSessions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Says who asks: by an access token in the Authorization header, else by the session cookie. A token that does not hold is
 * refused, also where a cookie would do. With a cookie, a change needs the session's CSRF token.
 *
 * @throws WebError 401 `auth/token`, 403 `csrf/token`
 */
export function authenticator(parts: AuthParts): (request: FastifyRequest) => Promise<Caller | null> {
  const known = knownSessions(parts.ended, parts.now);
  return async (request) => {
    const { authorization } = request.headers;
    const session =
      authorization === undefined
        ? await byCookie(parts, known, request)
        : await byToken(parts, known, authorization);
    if (session === null) return null;
    request.session = session;
    return callerOf(session, parts.roles());
  };
}

async function byToken(
  { db, keys, now }: AuthParts,
  known: KnownSessions,
  authorization: string,
): Promise<Session> {
  const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw refusedToken();
  const claims = await verifyAccessToken(keys, token, now());
  const session = await known.find(claims.session, () => sessionById(db, claims.session, now()));
  if (session === null || session.account.id !== claims.account) throw refusedToken();
  return session;
}

async function byCookie(
  { db, now }: AuthParts,
  known: KnownSessions,
  request: FastifyRequest,
): Promise<Session | null> {
  const cookie = cookieOf(request);
  if (cookie === null) return null;
  const session = await known.find(hashOf(cookie), () => sessionByCookie(db, cookie, now()));
  if (session === null || !changes(request.method)) return session;
  const given = request.headers['x-csrf-token'];
  if (typeof given === 'string' && timingSafeEqual(sha256(given), sha256(csrfOf(cookie)))) return session;
  throw new WebError(
    'csrf/token',
    403,
    'A change by a browser session carries its token in the header x-csrf-token; `GET /v1/me` answers it.',
  );
}

/** An account as who asks by another of its credentials (a Git token); null when there is no such account. */
export async function callerOfAccount(
  { db, roles }: Pick<AuthParts, 'db' | 'roles'>,
  id: string,
): Promise<Caller | null> {
  const account = await accountById(db, id);
  return account === null ? null : callerWith(account, roles(), 'git-token');
}

/** A session as who asks, with what Git gives him at this moment. */
export function callerOf({ account, kind }: Session, roles: RoleBook): Caller {
  return callerWith(account, roles, kind === 'browser' ? 'session' : 'access-token');
}

/** An account as who asks, with what Git gives it at this moment. */
function callerWith(
  { id, email, name, setup }: Session['account'],
  roles: RoleBook,
  via: Caller['via'],
): Caller {
  const { role, tenants, owns } = roles.of(email, setup);
  return { id, person: { name, email }, role, tenants, owns, via };
}
