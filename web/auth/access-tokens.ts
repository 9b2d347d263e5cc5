import { errors, jwtVerify, SignJWT } from 'jose';
import { WebError } from '../errors.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What an access token is, and nothing else is one. */
export const accessToken = {
  algorithm: 'EdDSA',
  type: 'at+jwt',
  issuer: 'tenantry',
  audience: 'tenantry-api',
  scope: 'api',
  /** Seconds that it is good for. */
  seconds: 900,
} as const;

export interface AccessClaims {
  readonly account: string;
  readonly session: string;
}

/** @param now milliseconds since the epoch */
export async function issueAccessToken(
  keys: SigningKeys,
  claims: AccessClaims,
  now: number,
): Promise<string> {
  const { kid, privateKey } = await keys.newest();
  const issued = Math.floor(now / 1000);
  return new SignJWT({ scope: accessToken.scope, sid: claims.session })
    .setProtectedHeader({ alg: accessToken.algorithm, typ: accessToken.type, kid })
    .setIssuer(accessToken.issuer)
    .setAudience(accessToken.audience)
    .setSubject(claims.account)
    .setIssuedAt(issued)
    .setExpirationTime(issued + accessToken.seconds)
    .sign(privateKey);
}

/**
 * Verifies all of it: signature by a key of ours, algorithm, type, issuer, audience, scope, age. Whether its session still
 * goes on is for the store to say.
 *
 * @throws WebError 401 `auth/token`
 */
export async function verifyAccessToken(
  keys: SigningKeys,
  token: string,
  now: number,
): Promise<AccessClaims> {
  try {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        const key = typeof kid === 'string' ? keys.find(kid) : null;
        if (key === null) throw new errors.JWKSNoMatchingKey();
        return key.publicKey;
      },
      {
        algorithms: [accessToken.algorithm],
        typ: accessToken.type,
        issuer: accessToken.issuer,
        audience: accessToken.audience,
        requiredClaims: ['sub', 'sid', 'scope', 'iat', 'exp'],
        maxTokenAge: accessToken.seconds,
        currentDate: new Date(now),
      },
    );
    const { sub, sid, scope } = payload;
    if (typeof sub !== 'string' || typeof sid !== 'string' || scope !== accessToken.scope)
      throw new errors.JWTInvalid();
    return { account: sub, session: sid };
  } catch (error) {
    if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error;
    throw refusedToken(error);
  }
}

export function refusedToken(cause?: unknown): WebError {
  return new WebError(
    'auth/token',
    401,
    'The access token is not valid, or not any more. Get a new one with your refresh token, or sign in.',
    { cause, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
  );
}
