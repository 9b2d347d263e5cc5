import { foldEmail } from '../../schemas/email.ts';
import type { Queryable } from '../ports.ts';
import { anybodySignedUp } from './accounts.ts';
import { hashOf, newToken } from './tokens.ts';

const DAY = 86_400_000;
/** Milliseconds that an invitation is good for. */
const INVITED_FOR = 7 * DAY;
const SETUP_FOR = DAY;

export interface Invitation {
  /** Null in the setup token: whoever has it says who he is. */
  readonly email: string | null;
}

/** Invites a person; what he was sent before is void. Answers the token, which is kept nowhere. */
export async function invite(
  db: Queryable,
  { email, by, now }: { readonly email: string; readonly by: string; readonly now: number },
): Promise<{ readonly token: string; readonly expires: number }> {
  const token = newToken('invitation');
  const expires = now + INVITED_FOR;
  await db.query('delete from invitation where email = $1 and used_at is null', [foldEmail(email)]);
  await put(db, { token, email: foldEmail(email), by, now, expires });
  return { token, expires };
}

/**
 * A token with which the first administrator signs up, for the person who starts the control node to read. Null once
 * anybody has signed up; each call makes the one before void.
 */
export async function makeSetupToken(db: Queryable, now: number): Promise<string | null> {
  if (await anybodySignedUp(db)) return null;
  const token = newToken('setup');
  await db.query('delete from invitation where email is null');
  await put(db, { token, email: null, by: 'setup', now, expires: now + SETUP_FOR });
  return token;
}

/** Takes back what a person was invited with and has not used; false when nothing is open. */
export async function revokeInvitation(db: Queryable, email: string): Promise<boolean> {
  const sql = 'delete from invitation where email = $1 and used_at is null returning email';
  return (await db.query(sql, [foldEmail(email)])).length > 0;
}

async function put(
  db: Queryable,
  one: { token: string; email: string | null; by: string; now: number; expires: number },
): Promise<void> {
  await db.query(
    'insert into invitation (hash, email, invited_by, created_at, expires_at) values ($1, $2, $3, $4, $5)',
    [hashOf(one.token), one.email, one.by, one.now, one.expires],
  );
}

/** What a token invites to, as long as it is good. */
export async function findInvitation(db: Queryable, token: string, now: number): Promise<Invitation | null> {
  const sql = 'select email from invitation where hash = $1 and used_at is null and expires_at > $2';
  return (await db.query<Invitation>(sql, [hashOf(token), now]))[0] ?? null;
}

/** Uses an invitation up: of several who try at once, one. */
export async function useInvitation(db: Queryable, token: string, now: number): Promise<Invitation | null> {
  const [row] = await db.query<Invitation>(
    'update invitation set used_at = $2 where hash = $1 and used_at is null and expires_at > $2 returning email',
    [hashOf(token), now],
  );
  return row ?? null;
}

export function openInvitations(
  db: Queryable,
  now: number,
): Promise<readonly { email: string; by: string; expires: number }[]> {
  return db.query(
    `select email, invited_by as by, expires_at as expires from invitation
     where email is not null and used_at is null and expires_at > $1 order by email`,
    [now],
  );
}
