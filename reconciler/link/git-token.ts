import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../adapters/durable-write.ts';
import { nullIfMissing } from '../adapters/files-digest.ts';
import { ReconcilerError } from '../errors.ts';

/** What a node reads its control node's repository with: given at its enrolment, for reading alone. */
interface StoredToken {
  /** Where it is good, and where alone it is sent: `https://control.example.com`. */
  readonly origin: string;
  readonly token: string;
}

const name = 'git-token.json';

/**
 * Keeps the token that the control node gave; it can be read by the node's user alone.
 * @param token null: the control node serves no repository, so what was kept is of no use any more
 */
export async function storeGitToken(dataDir: string, control: string, token: string | null): Promise<void> {
  const path = join(dataDir, name);
  if (token === null) return rm(path, { force: true });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const stored: StoredToken = { origin: new URL(control).origin, token };
  await replaceFile(`${path}.new`, path, `${JSON.stringify(stored)}\n`, 0o600);
}

/**
 * The token for a repository: null for one that is not at the control node which gave it, and for an address that brings
 * its own.
 *
 * @throws ReconcilerError `link/bad-git-token` when the file is damaged
 */
export async function gitTokenFor(dataDir: string, repo: string): Promise<string | null> {
  const url = URL.parse(repo);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return null;
  const path = join(dataDir, name);
  const text = await readFile(path, 'utf8').catch(nullIfMissing);
  if (text === null) return null;
  const stored = parsed(text);
  if (stored === null) {
    const message = `${path} is damaged: remove it, and join with a new token`;
    throw new ReconcilerError('link/bad-git-token', message, { retry: 'never' });
  }
  return stored.origin === url.origin ? stored.token : null;
}

function parsed(text: string): StoredToken | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('origin' in value) || !('token' in value))
      return null;
    const { origin, token } = value;
    return typeof origin === 'string' && typeof token === 'string' ? { origin, token } : null;
  } catch {
    return null;
  }
}
