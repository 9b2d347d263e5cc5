import type { KeyObject } from 'node:crypto';
import { decodeJwt, errors, jwtVerify } from 'jose';
import { link } from '../../schemas/link/messages.ts';
import { WebError } from '../errors.ts';

/** Header `typ` of a node's token, so that no other JWT passes for one. */
export const nodeTokenType = 'node+jwt';

/**
 * Verifies the short-lived token with which a node opens its link: signed by the node's own enrolled Ed25519 key, `iss`
 * and `sub` its name, `aud` and `scope` as `link` says, made within the last minute.
 *
 * @param keyOf the public key that a node enrolled with; null for one that never did
 * @param now milliseconds since the epoch
 * @returns the node's name
 * @throws WebError 401 `link/token`
 */
export async function verifyNodeToken(
  token: string,
  keyOf: (node: string) => Promise<KeyObject | null>,
  now: number,
): Promise<string> {
  try {
    // Whose key to verify with: what the token says of itself is believed once that key has signed it.
    const { iss } = decodeJwt(token);
    const key = typeof iss === 'string' ? await keyOf(iss) : null;
    if (iss === undefined || key === null || key.asymmetricKeyType !== 'ed25519')
      throw new errors.JWKSNoMatchingKey();
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      typ: nodeTokenType,
      issuer: iss,
      subject: iss,
      audience: link.audience,
      requiredClaims: ['scope', 'iat', 'exp'],
      maxTokenAge: link.tokenSeconds,
      // Clocks of machines differ by seconds.
      clockTolerance: 10,
      currentDate: new Date(now),
    });
    if (payload['scope'] !== link.scope) throw new errors.JWTInvalid();
    return iss;
  } catch (error) {
    if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error;
    const message =
      "The node's token is not valid: it is not enrolled here, its key is another one, or its clock is wrong. See `tenantry node join`.";
    throw new WebError('link/token', 401, message, { cause: error });
  }
}
