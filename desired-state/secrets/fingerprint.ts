import { createHmac, hkdfSync } from 'node:crypto';

/**
 * Keyed fingerprint of a value: 12 hexadecimal digits. Equal values of one tenant and name have equal fingerprints
 * under one identity; without the identity nobody can test a guess against it.
 * @param identity `AGE-SECRET-KEY-1…`; the HMAC key is derived from it and used for nothing else
 */
export function fingerprint(identity: string, tenant: string, name: string, value: Uint8Array): string {
  const key = hkdfSync('sha256', identity, 'tenantry.dev/v1', 'secret fingerprint', 32);
  const hmac = createHmac('sha256', Buffer.from(key));
  // Each part behind its length: ("ab", "c") and ("a", "bc") must not be one message.
  for (const part of [Buffer.from(tenant), Buffer.from(name), value]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.byteLength);
    hmac.update(length).update(part);
  }
  return hmac.digest('hex').slice(0, 12);
}
