import { foldEmail } from '../../schemas/email.ts';
import { WebError } from '../errors.ts';
import { revokeAccountTokens } from '../git-server/tokens.ts';
import { type Account, findAccount, putAccount, setPasswordHash } from './accounts.ts';
import type { AuthParts } from './authenticate.ts';
import { findInvitation, useInvitation } from './invitations.ts';
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts';
import { endOtherSessions, type Refreshed, type Session, useRefreshToken } from './sessions.ts';

type Store = Pick<AuthParts, 'db' | 'now'>;

/**
 * Whose password it is. An address that nobody has takes as long to say no.
 * @throws WebError 401 `auth/credentials`, the same for a wrong address and a wrong password
 */
export async function signIn({ db }: Store, email: string, password: string): Promise<Account> {
  const account = await findAccount(db, email);
  const right = await verifyPassword(account?.passwordHash ?? null, password);
  if (account === null || !right) {
    throw new WebError('auth/credentials', 401, 'The e-mail address or the password is not right.');
  }
  if (isOutdated(account.passwordHash)) await setPasswordHash(db, account.id, await hashPassword(password));
  return account;
}

export interface SignUp {
  /** An invitation, or the setup token. */
  readonly invitation: string;
  readonly name: string;
  readonly password: string;
  /** Only with the setup token: an invitation names its address. */
  readonly email?: string;
}

/**
 * Makes an account for who was invited; of one that is there already, sessions and Git tokens end with its password.
 * @throws WebError 403 `auth/invitation`, 422 `auth/password`, `auth/email`
 */
export async function signUp({ db, now }: Store, request: SignUp): Promise<Account> {
  const { invitation, name, password } = request;
  // Before the hash is made: that work is for those who were invited.
  const found = await findInvitation(db, invitation, now());
  if (found === null) throw refusedInvitation();
  const email = foldEmail(found.email ?? request.email ?? '');
  refuseEmail(email, found.email, request.email);
  refusePassword(password, email);
  const passwordHash = await hashPassword(password);
  return db.transaction(async (inside) => {
    const used = await useInvitation(inside, invitation, now());
    if (used === null) throw refusedInvitation();
    const given = { email, name: name.trim(), passwordHash, setup: used.email === null };
    const account = await putAccount(inside, given, now());
    await revokeAccountTokens(inside, account.id);
    return account;
  });
}

/**
 * Gives whoever is signed in another password, when he knows the one that he has. His other sessions end; Git tokens are
 * keys of their own and go on.
 * @throws WebError 422 `auth/password-now`, `auth/password`
 */
export async function changePassword(
  { db, now }: Store,
  { id, account }: Session,
  given: { readonly password: string; readonly newPassword: string },
): Promise<void> {
  const found = await findAccount(db, account.email);
  if (!(await verifyPassword(found?.passwordHash ?? null, given.password))) {
    // Not a 401, which would say that the session has ended.
    throw new WebError('auth/password-now', 422, 'The password that you have now is another one.');
  }
  refusePassword(given.newPassword, account.email);
  const passwordHash = await hashPassword(given.newPassword);
  await db.transaction(async (inside) => {
    await setPasswordHash(inside, account.id, passwordHash);
    await endOtherSessions(inside, account.id, id, now());
  });
}

/** Takes a refresh token and answers the next; see `Refreshed`. */
export function refresh({ db, now }: Store, token: string): Promise<Refreshed> {
  return db.transaction((inside) => useRefreshToken(inside, token, now()));
}

function refusedInvitation(): WebError {
  const message =
    'This invitation is not known, has been used, or is too old. Ask for another one; `tenantry web` prints a new setup token when it starts while nobody has signed up.';
  return new WebError('auth/invitation', 403, message);
}

function refuseEmail(email: string, invited: string | null, asked: string | undefined): void {
  if (invited !== null && asked !== undefined && foldEmail(asked) !== invited) {
    throw new WebError('auth/email', 422, 'The invitation is for another e-mail address.');
  }
  if (!/^[^\s@<>]{1,64}@[^\s@<>]{1,190}$/.test(email)) {
    throw new WebError('auth/email', 422, 'Say your e-mail address: roles are given by it.');
  }
}

function refusePassword(password: string, email: string): void {
  const folded = password.toLowerCase();
  const [local = ''] = email.split('@');
  const simple =
    new Set(folded).size < 5 || folded === email || (local.length > 5 && folded.startsWith(local));
  if (!simple) return;
  throw new WebError(
    'auth/password',
    422,
    'This password is easily guessed: use several words, or a generated one.',
  );
}
