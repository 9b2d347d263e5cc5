import type { Caller, Queryable } from '../ports.ts';
import { findGitToken, type GitScope } from './tokens.ts';

/** Who is at the other end of a Git connection. */
export type GitUser =
  | {
      readonly kind: 'person';
      readonly name: string;
      readonly scopes: readonly GitScope[];
      readonly caller: Caller;
    }
  | { readonly kind: 'node'; readonly name: string; readonly scopes: readonly ['read'] };

export interface IdentifyParts {
  readonly db: Queryable;
  /** The account with what Git gives it at this moment; null when it is gone. */
  readonly callerOf: (account: string) => Promise<Caller | null>;
  /** The node whose short-lived token this is; null when it is none's, or does not hold. */
  readonly nodeOf: (token: string) => Promise<string | null>;
  /** Whether a node of this name may still read. */
  readonly isEnrolled: (node: string) => boolean | Promise<boolean>;
  readonly now: () => number;
}

/**
 * Who asks, by HTTP Basic with a token as the password (the name before it is not looked at: every client asks for one,
 * and the token says it) or by a bearer token. Null when nothing is presented or it does not hold.
 */
export async function identify(
  parts: IdentifyParts,
  authorization: string | undefined,
): Promise<GitUser | null> {
  const secret = secretOf(authorization);
  if (secret === null) return null;
  if (!secret.startsWith('tnt_git_')) {
    const node = await parts.nodeOf(secret);
    return node === null ? null : { kind: 'node', name: node, scopes: ['read'] };
  }
  const found = await findGitToken(parts.db, secret, parts.now());
  if (found === null) return null;
  const { name, scopes, owner } = found;
  if ('node' in owner)
    return (await parts.isEnrolled(owner.node)) ? { kind: 'node', name: owner.node, scopes: ['read'] } : null;
  const caller = await parts.callerOf(owner.account);
  return caller === null ? null : { kind: 'person', name, scopes, caller: { ...caller, via: 'git-token' } };
}

/** The password of Basic, or the token of Bearer; null for anything else. */
export function secretOf(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length > 8_192) return null;
  const bearer = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  if (basic === undefined) return null;
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 || colon === text.length - 1 ? null : text.slice(colon + 1);
}
