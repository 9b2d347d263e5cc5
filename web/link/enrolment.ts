import { createHash, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { verifyNodeToken } from '../auth/node-tokens.ts';
import { WebError } from '../errors.ts';
import { createGitToken, revokeNodeTokens } from '../git-server/tokens.ts';
import type { Database, Queryable } from '../ports.ts';

const hourMs = 3_600_000;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * A token that enrols this node's key once, within an hour; one from before that nobody has used is good for nothing any
 * more. Only its hash is kept.
 */
export async function makeJoinToken(
  db: Queryable,
  { node, by, now }: { readonly node: string; readonly by: string; readonly now: number },
): Promise<{ readonly token: string; readonly expires: number }> {
  const token = `tnj_${randomBytes(24).toString('base64url')}`;
  const expires = now + hourMs;
  await db.query('delete from join_token where node = $1 and used_at is null', [node]);
  await db.query(
    'insert into join_token (hash, node, created_by, created_at, expires_at) values ($1, $2, $3, $4, $5)',
    [hashOf(token), node, by, now, expires],
  );
  await db.query('insert into node (name) values ($1) on conflict do nothing', [node]);
  return { token, expires };
}

export interface Enrolment {
  readonly node: string;
  readonly token: string;
  /** Ed25519, as the `x` of its JWK. */
  readonly publicKey: string;
  /** A token of the node link that the key signed just now: who asks has its private half. */
  readonly proof: string;
}

export interface Enrolled {
  /** Whether the node had another key until now. */
  readonly replaced: boolean;
  /** What it reads the embedded repository with; null where that is at another host. */
  readonly gitToken: string | null;
}

/**
 * Exchanges a join token for the enrolment of a node's key, which takes the place of the one before it, and for a Git
 * token, which takes the place of those before it. The same exchange again is fine: its answer may have been lost.
 *
 * @param servesGit whether the repository is this control node's own
 * @throws WebError 401 `link/join-token`, `link/token`, 422 `link/bad-key`
 */
export async function enrol(
  db: Database,
  { node, token, publicKey, proof }: Enrolment,
  { now, servesGit }: { readonly now: number; readonly servesGit: boolean },
): Promise<Enrolled> {
  const key = keyFrom(publicKey);
  if (key === null) {
    throw new WebError('link/bad-key', 422, 'The public key is not an Ed25519 key, as the `x` of its JWK.');
  }
  await verifyNodeToken(proof, async (name) => (name === node ? key : null), now);
  return db.transaction(async (inside) => {
    const taken = await inside.query(
      `update join_token set used_at = coalesce(used_at, $3), used_key = $4
       where hash = $1 and node = $2 and expires_at > $3 and (used_at is null or used_key = $4) returning 1`,
      [hashOf(token), node, now, publicKey],
    );
    if (taken.length === 0) {
      const message = `The join token is not valid for ${node}: it was used, is older than an hour, or is another node's. Ask for a new one.`;
      throw new WebError('link/join-token', 401, message);
    }
    const before = await inside.query<{ public_key: string | null }>(
      'select public_key from node where name = $1',
      [node],
    );
    await inside.query(
      `insert into node (name, public_key, enrolled_at) values ($1, $2, $3)
       on conflict (name) do update set public_key = excluded.public_key, enrolled_at = excluded.enrolled_at`,
      [node, publicKey, now],
    );
    const old = before[0]?.public_key ?? null;
    return {
      replaced: old !== null && old !== publicKey,
      gitToken: await gitTokenOf(inside, node, servesGit, now),
    };
  });
}

async function gitTokenOf(
  inside: Queryable,
  node: string,
  servesGit: boolean,
  now: number,
): Promise<string | null> {
  await revokeNodeTokens(inside, node);
  if (!servesGit) return null;
  const token = { name: `node ${node}`, scopes: ['read'], owner: { node }, expiresAt: null } as const;
  return (await createGitToken(inside, token, now)).secret;
}

/**
 * Takes a node's key, its join tokens and its Git token away: it is linked no more, and joins again with a new token.
 *
 * @returns whether it ever was given a join token
 */
export async function revoke(db: Database, node: string): Promise<boolean> {
  return db.transaction(async (inside) => {
    const known = await inside.query(
      'update node set public_key = null, enrolled_at = null where name = $1 returning 1',
      [node],
    );
    // One that was used enrols its key again, within its hour: that was for an answer that was lost.
    await inside.query('delete from join_token where node = $1', [node]);
    await revokeNodeTokens(inside, node);
    return known.length > 0;
  });
}

/** The key that a node enrolled with; null for one that never did. */
export async function enrolledKey(db: Queryable, node: string): Promise<KeyObject | null> {
  const rows = await db.query<{ public_key: string | null }>('select public_key from node where name = $1', [
    node,
  ]);
  const x = rows[0]?.public_key ?? null;
  return x === null ? null : keyFrom(x);
}

function keyFrom(x: string): KeyObject | null {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return null;
  }
}
