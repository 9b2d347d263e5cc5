import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { GitTokenView as GitToken } from '../api/models/git-token.ts';
import type { Queryable } from '../ports.ts';

export type GitScope = GitToken['scopes'][number];

/** Whose token it is. */
export type TokenOwner = { readonly account: string } | { readonly node: string };

const columns =
  'id, name, scopes, created_at as "createdAt", last_used_at as "lastUsedAt", expires_at as "expiresAt"';

/** A use is written down once a minute: a node that polls need not write at each time. */
const USE_MS = 60_000;

/** Makes a token. The secret is answered once and kept nowhere; its beginning says what it is when it turns up. */
export async function createGitToken(
  db: Queryable,
  token: {
    readonly name: string;
    readonly scopes: readonly GitScope[];
    readonly owner: TokenOwner;
    readonly expiresAt: number | null;
  },
  now: number,
): Promise<{ readonly token: GitToken; readonly secret: string }> {
  const secret = `tnt_git_${randomBytes(32).toString('base64url')}`;
  const { name, scopes, owner, expiresAt } = token;
  const [made] = await db.query<GitToken>(
    `insert into git_token (id, name, hash, scopes, account, node, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
    [
      randomUUID(),
      name,
      hashOf(secret),
      [...scopes],
      'account' in owner ? owner.account : null,
      'node' in owner ? owner.node : null,
      now,
      expiresAt,
    ],
  );
  if (made === undefined) throw new Error('a Git token that was written is not there');
  return { token: made, secret };
}

/** Tokens of an account that still hold, the newest first. */
export async function listGitTokens(
  db: Queryable,
  account: string,
  now: number,
): Promise<readonly GitToken[]> {
  return db.query<GitToken>(
    `select ${columns} from git_token where account = $1 and (expires_at is null or expires_at > $2)
     order by created_at desc, id`,
    [account, now],
  );
}

/** @returns whether there was such a token of this account */
export async function revokeGitToken(db: Queryable, account: string, id: string): Promise<boolean> {
  const rows = await db.query('delete from git_token where id = $1 and account = $2 returning id', [
    id,
    account,
  ]);
  return rows.length > 0;
}

/** Ends all that an account has: who was given its password anew may not be the one who made them. */
export async function revokeAccountTokens(db: Queryable, account: string): Promise<void> {
  await db.query('delete from git_token where account = $1', [account]);
}

/** Ends what a node has, when it is enrolled anew or taken out. */
export async function revokeNodeTokens(db: Queryable, node: string): Promise<void> {
  await db.query('delete from git_token where node = $1', [node]);
}

/** Whose token a secret is, and what it is good for; null for one that never was, was revoked, or is over. */
export async function findGitToken(
  db: Queryable,
  secret: string,
  now: number,
): Promise<{
  readonly name: string;
  readonly scopes: readonly GitScope[];
  readonly owner: TokenOwner;
} | null> {
  if (!/^tnt_git_[\w-]{43}$/.test(secret)) return null;
  const [row] = await db.query<{
    id: string;
    name: string;
    scopes: GitScope[];
    account: string | null;
    node: string | null;
    usedAt: number | null;
  }>(
    `select id, name, scopes, account, node, last_used_at as "usedAt" from git_token
     where hash = $1 and (expires_at is null or expires_at > $2)`,
    [hashOf(secret), now],
  );
  if (row === undefined) return null;
  if (row.usedAt === null || row.usedAt < now - USE_MS)
    await db.query('update git_token set last_used_at = $2 where id = $1', [row.id, now]);
  const { name, scopes, account, node } = row;
  if (account !== null) return { name, scopes, owner: { account } };
  return node === null ? null : { name, scopes, owner: { node } };
}

/** Looked up by its hash: how long that takes says nothing about a token that is there. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
