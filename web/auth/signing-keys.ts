import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** An Ed25519 key that access tokens are signed with; the newest one signs, the others verify until they are dropped. */
export interface SigningKey {
  readonly kid: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface SigningKeys {
  /** The key to sign with; a new one when the last has been in use for long enough. */
  newest(): Promise<SigningKey>;
  find(kid: string): SigningKey | null;
}

const DAY = 86_400_000;
/** A key signs for so long, and verifies for a day more: no token lives longer than minutes. */
const SIGNS_FOR = 30 * DAY;
const KNOWN_FOR = SIGNS_FOR + DAY;

/**
 * The keys in `dir/auth-keys.json`, which nobody else may read. Made when it is not there: all who are signed in with
 * access tokens then get new ones by their refresh tokens.
 *
 * @param now milliseconds since the epoch
 * @throws Error when others may read the file, or it is damaged
 */
export async function openSigningKeys(dir: string, now: () => number): Promise<SigningKeys> {
  const path = join(dir, 'auth-keys.json');
  let keys = await readKeys(path);
  let changing: Promise<void> | null = null;
  const rotate = async (): Promise<void> => {
    const kept = keys.filter(({ createdAt }) => now() - createdAt < KNOWN_FOR);
    const next = [makeKey(now()), ...kept];
    await writeKeys(path, next);
    keys = next;
  };
  const newest = async (): Promise<SigningKey> => {
    const [first] = keys;
    if (first !== undefined && now() - first.createdAt < SIGNS_FOR) return first;
    changing ??= rotate().finally(() => {
      changing = null;
    });
    await changing;
    return newest();
  };
  await newest();
  return { newest, find: (kid) => keys.find((key) => key.kid === kid) ?? null };
}

function makeKey(createdAt: number): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { kid: randomUUID(), createdAt, privateKey, publicKey };
}

interface KeptKey {
  readonly kid: string;
  readonly createdAt: number;
  readonly pem: string;
}

async function readKeys(path: string): Promise<readonly SigningKey[]> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      throw new Error(`Others may read ${path}, which signs who is signed in. Remove it; a new one is made.`);
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  try {
    return (JSON.parse(text) as readonly KeptKey[]).map(({ kid, createdAt, pem }) => {
      const privateKey = createPrivateKey(pem);
      return { kid, createdAt, privateKey, publicKey: createPublicKey(privateKey) };
    });
  } catch (error) {
    throw new Error(`${path} is damaged. Remove it; a new one is made.`, { cause: error });
  }
}

async function writeKeys(path: string, keys: readonly SigningKey[]): Promise<void> {
  const kept: readonly KeptKey[] = keys.map(({ kid, createdAt, privateKey }) => ({
    kid,
    createdAt,
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }));
  const next = `${path}.${randomUUID()}`;
  const file = await open(next, 'wx', 0o600);
  try {
    await file.writeFile(JSON.stringify(kept));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
}
