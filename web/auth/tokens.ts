import { createHash, randomBytes } from 'node:crypto';

/**
 * A new secret of 256 bits for somebody to keep. It says what it is, so that it is known when it turns up where it should
 * not be: `tnt_refresh_…`.
 */
export function newToken(kind: 'session' | 'refresh' | 'invitation' | 'setup'): string {
  return `tnt_${kind}_${randomBytes(32).toString('base64url')}`;
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** What the store keeps of a token: enough to know it again, and nothing to use. */
export function hashOf(token: string): string {
  return sha256(token).toString('hex');
}
