import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importJWK, type JWK, SignJWT } from 'jose';
import { link } from '../../schemas/link/messages.ts';
import { replaceFile } from '../adapters/durable-write.ts';
import { nullIfMissing } from '../adapters/files-digest.ts';
import { ReconcilerError } from '../errors.ts';

/** The node's own key for the node link. It is made on the node and its private half never leaves it. */
export interface LinkKey {
  readonly node: string;
  /** Ed25519 public key as a JWK's `x`: 43 characters of base64url. */
  readonly publicKey: string;
  /** A token that opens one link within a minute. */
  token(now: number): Promise<string>;
  /** Key of digests that stand for values which are not told. */
  readonly hidingKey: Uint8Array;
}

interface StoredKey {
  readonly node: string;
  readonly key: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string; readonly d: string };
}

const name = 'link-key.json';

/** The key in a node's data folder. @throws ReconcilerError `link/no-key`, `link/bad-key` */
export async function readLinkKey(dataDir: string, node: string): Promise<LinkKey> {
  const stored = await storedKey(dataDir);
  if (stored === null) {
    const message = `${dataDir} holds no key for the node link; \`tenantry node join --node ${node}\` makes one`;
    throw new ReconcilerError('link/no-key', message, { retry: 'never' });
  }
  return keyOf(stored, node, dataDir);
}

/** The key in a node's data folder, made when there is none. */
export async function makeLinkKey(dataDir: string, node: string): Promise<LinkKey> {
  const known = await storedKey(dataDir);
  if (known !== null) return keyOf(known, node, dataDir);
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const made: StoredKey = {
    node,
    key: { kty: 'OKP', crv: 'Ed25519', x: jwk.x ?? '', d: jwk.d ?? '' },
  };
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, name);
  await replaceFile(`${path}.new`, path, `${JSON.stringify(made)}\n`, 0o600);
  return keyOf(made, node, dataDir);
}

async function storedKey(dataDir: string): Promise<StoredKey | null> {
  const path = join(dataDir, name);
  const text = await readFile(path, 'utf8').catch(nullIfMissing);
  if (text === null) return null;
  const value = parsed(text);
  if (isStoredKey(value)) return value;
  const message = `${path} is damaged: remove it, and join with a new token`;
  throw new ReconcilerError('link/bad-key', message, { retry: 'never' });
}

function keyOf({ node: owner, key }: StoredKey, node: string, dataDir: string): LinkKey {
  if (owner !== node) {
    const message = `${join(dataDir, name)} is the key of the node ${owner}, not of ${node}`;
    throw new ReconcilerError('link/bad-key', message, { retry: 'never' });
  }
  const jwk: JWK = { ...key };
  return {
    node,
    publicKey: key.x,
    hidingKey: createHmac('sha256', Buffer.from(key.d, 'base64url')).update('values not shown').digest(),
    async token(now) {
      const seconds = Math.floor(now / 1_000);
      return new SignJWT({ scope: link.scope })
        .setProtectedHeader({ alg: 'EdDSA', typ: link.tokenType })
        .setSubject(node)
        .setIssuer(node)
        .setAudience(link.audience)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + link.tokenSeconds)
        .setJti(randomUUID())
        .sign(await importJWK(jwk, 'EdDSA'));
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isStoredKey(value: unknown): value is StoredKey {
  if (typeof value !== 'object' || value === null || !('node' in value) || !('key' in value)) return false;
  const { node, key } = value;
  return (
    typeof node === 'string' &&
    typeof key === 'object' &&
    key !== null &&
    'x' in key &&
    'd' in key &&
    typeof key.x === 'string' &&
    typeof key.d === 'string'
  );
}
