import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { link } from '../../../schemas/link/messages.ts';
import { nodeTokenType, verifyNodeToken } from '../../../web/auth/node-tokens.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const seconds = now / 1000;
const own = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys: Record<string, KeyObject> = {
  'worker-1': own.publicKey,
  'worker-2': other.publicKey,
  'worker-rsa': rsa.publicKey,
};
const keyOf = async (node: string): Promise<KeyObject | null> => keys[node] ?? null;

function token(
  payload: JWTPayload = {},
  header: object = {},
  key: KeyObject = own.privateKey,
): Promise<string> {
  const all = {
    iss: 'worker-1',
    sub: 'worker-1',
    aud: link.audience,
    scope: link.scope,
    iat: seconds,
    exp: seconds + link.tokenSeconds,
    ...payload,
  };
  return new SignJWT(all).setProtectedHeader({ alg: 'EdDSA', typ: nodeTokenType, ...header }).sign(key);
}

describe("INV-25: a node's token", () => {
  test('that its own key signed names the node', async () => {
    expect(await verifyNodeToken(await token(), keyOf, now)).toBe('worker-1');
    expect(await verifyNodeToken(await token(), keyOf, now + 30_000)).toBe('worker-1');
  });

  const wrong: [string, () => string | Promise<string>][] = [
    ['of a node that never enrolled', () => token({ iss: 'worker-9', sub: 'worker-9' })],
    ['that another node signed', () => token({ iss: 'worker-2', sub: 'worker-2' })],
    ['that is about another node', () => token({ sub: 'worker-2' })],
    ['without a signature', () => new UnsecuredJWT({ iss: 'worker-1', sub: 'worker-1' }).encode()],
    [
      'by another algorithm',
      () => token({ iss: 'worker-rsa', sub: 'worker-rsa' }, { alg: 'RS256' }, rsa.privateKey),
    ],
    ["of a person's type", () => token({}, { typ: 'at+jwt' })],
    ['for another audience', () => token({ aud: 'tenantry-api' })],
    ['of another scope', () => token({ scope: 'api' })],
    ['that has ended', () => token({ iat: seconds - 120, exp: seconds - 60 })],
    [
      'that is longer than a minute old, whatever it says of its end',
      () => token({ iat: seconds - 75, exp: seconds + 999 }),
    ],
    ['made tomorrow', () => token({ iat: seconds + 86_400, exp: seconds + 86_460 })],
    ['that is no token', () => 'abc'],
    ['that is empty', () => ''],
  ];
  test.each(wrong)('%s is refused', async (_what, make) => {
    await expect(verifyNodeToken(await make(), keyOf, now)).rejects.toMatchObject({
      code: 'link/token',
      status: 401,
    });
  });
});
