import { randomUUID } from 'node:crypto';
import type { Queryable } from '../ports.ts';
import { hashOf, newToken } from './tokens.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How long a session lasts at most, and how long it lasts unused. In milliseconds. */
export const lifetimes = {
  browser: { most: 7 * DAY, unused: DAY },
  program: { most: 90 * DAY, unused: 14 * DAY },
} as const;
/** A session's time is noted no more often than this: it is a write for every request otherwise. */
const NOTED_EVERY = 60_000;

export type SessionKind = keyof typeof lifetimes;

/** A session with the account whose it is. */
export interface Session {
  readonly id: string;
  readonly kind: SessionKind;
  readonly seenAt: number;
  readonly account: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly setup: boolean;
  };
}

/** Begins a session. For a browser, `cookie` is what it keeps; for a program, `refreshToken`. */
export async function beginSession(
  db: Queryable,
  { account, kind, from, now }: { account: string; kind: SessionKind; from: string; now: number },
): Promise<{ readonly id: string; readonly secret: string }> {
  const id = randomUUID();
  const cookie = kind === 'browser' ? newToken('session') : null;
  await db.query(
    `insert into session (id, account_id, kind, cookie_hash, signed_in_from, created_at, seen_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $6, $7)`,
    [id, account, kind, cookie === null ? null : hashOf(cookie), from, now, now + lifetimes[kind].most],
  );
  return { id, secret: cookie ?? (await addRefreshToken(db, id, now)) };
}

const select = `select session.id, kind, seen_at as "seenAt", account.id as "accountId", email, name, setup
  from session join account on account.id = account_id
  where ended_at is null and expires_at > $2 and seen_at > $3 and kind = $4`;

interface Row {
  readonly id: string;
  readonly kind: SessionKind;
  readonly seenAt: number;
  readonly accountId: string;
  readonly email: string;
  readonly name: string;
  readonly setup: boolean;
}

/** The session of a cookie, as long as it goes on. */
export async function sessionByCookie(db: Queryable, cookie: string, now: number): Promise<Session | null> {
  return find(db, 'cookie_hash', hashOf(cookie), 'browser', now);
}

/** A program's session by the id that its access token names, as long as it goes on. */
export async function sessionById(db: Queryable, id: string, now: number): Promise<Session | null> {
  return find(db, 'session.id', id, 'program', now);
}

async function find(
  db: Queryable,
  column: 'cookie_hash' | 'session.id',
  value: string,
  kind: SessionKind,
  now: number,
): Promise<Session | null> {
  const parameters = [value, now, now - lifetimes[kind].unused, kind];
  const [row] = await db.query<Row>(`${select} and ${column} = $1`, parameters);
  if (row === undefined) return null;
  if (now - row.seenAt > NOTED_EVERY)
    await db.query('update session set seen_at = $2 where id = $1', [row.id, now]);
  const { id, seenAt, accountId, email, name, setup } = row;
  return { id, kind, seenAt, account: { id: accountId, email, name, setup } };
}

export async function endSession(db: Queryable, id: string, now: number): Promise<void> {
  await db.query('update session set ended_at = $2 where id = $1 and ended_at is null', [id, now]);
}

/** Ends a session of one account; false when it has no such session that goes on. */
export async function endOwnSession(
  db: Queryable,
  account: string,
  id: string,
  now: number,
): Promise<boolean> {
  const ended = await db.query(
    'update session set ended_at = $3 where id = $2 and account_id = $1 and ended_at is null returning id',
    [account, id, now],
  );
  return ended.length > 0;
}

/** Ends all sessions of an account but one. */
export async function endOtherSessions(
  db: Queryable,
  account: string,
  id: string,
  now: number,
): Promise<void> {
  await db.query('update session set ended_at = $3 where account_id = $1 and id <> $2 and ended_at is null', [
    account,
    id,
    now,
  ]);
}

/** A session as its owner reads it. */
export interface OwnSession {
  readonly id: string;
  readonly kind: SessionKind;
  /** Address and name of the client, when it signed in. */
  readonly from: string;
  readonly since: number;
  readonly seenAt: number;
}

/** The sessions of an account that go on, the one that was used last first. */
export function ownSessions(db: Queryable, account: string, now: number): Promise<readonly OwnSession[]> {
  return db.query<OwnSession>(
    `select id, kind, signed_in_from as "from", created_at as since, seen_at as "seenAt" from session
     where account_id = $1 and ended_at is null and expires_at > $2
       and seen_at > case kind when 'browser' then $3::bigint else $4::bigint end
     order by seen_at desc, id limit 200`,
    [account, now, now - lifetimes.browser.unused, now - lifetimes.program.unused],
  );
}

export async function addRefreshToken(db: Queryable, session: string, now: number): Promise<string> {
  const token = newToken('refresh');
  await db.query('insert into refresh_token (hash, session_id, expires_at) values ($1, $2, $3)', [
    hashOf(token),
    session,
    now + lifetimes.program.unused,
  ]);
  return token;
}

export type Refreshed =
  | { readonly outcome: 'refreshed'; readonly session: Session; readonly token: string }
  /** It had been used before: somebody else has a copy, and which of the two asks nobody can say. The session is ended. */
  | { readonly outcome: 'reused'; readonly email: string }
  | { readonly outcome: 'unknown' };

/** Takes a refresh token and gives the next one; to be run in a transaction that is kept whatever the outcome is. */
export async function useRefreshToken(db: Queryable, token: string, now: number): Promise<Refreshed> {
  const hash = hashOf(token);
  const [used] = await db.query<{ session: string }>(
    `update refresh_token set used_at = $2 where hash = $1 and used_at is null and expires_at > $2
     returning session_id as session`,
    [hash, now],
  );
  if (used !== undefined) {
    const session = await sessionById(db, used.session, now);
    if (session === null) return { outcome: 'unknown' };
    return { outcome: 'refreshed', session, token: await addRefreshToken(db, session.id, now) };
  }
  const [family] = await db.query<{ session: string; email: string }>(
    `select session_id as session, email from refresh_token join session on session.id = session_id
     join account on account.id = account_id where hash = $1 and used_at is not null`,
    [hash],
  );
  if (family === undefined) return { outcome: 'unknown' };
  await endSession(db, family.session, now);
  return { outcome: 'reused', email: family.email };
}
