import { randomUUID } from 'node:crypto';
import { foldEmail } from '../../schemas/email.ts';
import type { Queryable } from '../ports.ts';

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly setup: boolean;
}

const columns = 'id, email, name, password_hash as "passwordHash", setup';

export async function findAccount(db: Queryable, email: string): Promise<Account | null> {
  const sql = `select ${columns} from account where email = $1`;
  return (await db.query<Account>(sql, [foldEmail(email)]))[0] ?? null;
}

export async function accountById(db: Queryable, id: string): Promise<Account | null> {
  return (await db.query<Account>(`select ${columns} from account where id = $1`, [id]))[0] ?? null;
}

/**
 * Makes an account, or gives one that is there a new name and password: who is invited again has lost his password.
 * Sessions of the old one end.
 */
export async function putAccount(db: Queryable, account: Omit<Account, 'id'>, now: number): Promise<Account> {
  const { email, name, passwordHash, setup } = account;
  const [row] = await db.query<Account>(
    `insert into account (id, email, name, password_hash, setup, created_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (email) do update set name = excluded.name, password_hash = excluded.password_hash,
       setup = account.setup or excluded.setup
     returning ${columns}`,
    [randomUUID(), foldEmail(email), name, passwordHash, setup, now],
  );
  if (row === undefined) throw new Error('An account that was written is not there.');
  await db.query('update session set ended_at = $2 where account_id = $1 and ended_at is null', [
    row.id,
    now,
  ]);
  return row;
}

export async function setPasswordHash(db: Queryable, id: string, passwordHash: string): Promise<void> {
  await db.query('update account set password_hash = $2 where id = $1', [id, passwordHash]);
}

/** Whether anybody has signed up yet. */
export async function anybodySignedUp(db: Queryable): Promise<boolean> {
  return (await db.query('select 1 from account limit 1')).length > 0;
}

/** Who has signed up, and when each was last seen. */
export function listAccounts(
  db: Queryable,
): Promise<readonly { email: string; name: string; setup: boolean; seenAt: number | null }[]> {
  return db.query(
    `select email, name, setup, (select max(seen_at) from session where account_id = account.id) as "seenAt"
     from account order by email`,
  );
}
