import { chmod, open, stat } from 'node:fs/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { SecretError } from './secret-error.ts';

/** A node's or an operator's age key pair: the identity is secret, the recipient public. */
export interface AgeKey {
  /** `AGE-SECRET-KEY-1…` */
  readonly identity: string;
  /** `age1…` */
  readonly recipient: string;
}

/** Makes a new X25519 key pair. */
export async function generateKey(): Promise<AgeKey> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/**
 * Writes a key file as `age-keygen` does, readable by its owner alone.
 * @throws SecretError `secret/bad-identity` when the file exists: a key that is lost cannot be made again
 */
export async function saveIdentity(file: string, key: AgeKey, now: Date): Promise<void> {
  const text = `# created: ${now.toISOString()}\n# public key: ${key.recipient}\n${key.identity}\n`;
  const handle = await openNew(file);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  // The mode given to open() is narrowed by the umask, never widened; this makes it exact.
  await chmod(file, 0o600);
}

async function openNew(file: string) {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    throw new SecretError(
      'secret/bad-identity',
      `${file} exists already; move it away first if it may be lost.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Reads a key file: the one line that is neither empty nor a comment.
 * @throws SecretError `secret/no-key` when there is no such file; `secret/bad-identity` when others than its owner
 *   may read it, or when it does not hold exactly one X25519 identity
 */
export async function loadIdentity(file: string): Promise<AgeKey> {
  const handle = await openExisting(file);
  try {
    const { mode } = await handle.stat();
    if ((mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(3, '0');
      throw new SecretError(
        'secret/bad-identity',
        `${file} may be read by others (mode ${octal}); run chmod 600 ${file}.`,
      );
    }
    return await parseIdentity(await handle.readFile('utf8'), file);
  } finally {
    await handle.close();
  }
}

async function openExisting(file: string) {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new SecretError('secret/bad-identity', `${file} is not a regular file.`);
    return await open(file, 'r');
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    throw new SecretError(
      'secret/no-key',
      `There is no key at ${file}; "tenantry secret keygen" makes one.`,
      {
        cause: error,
      },
    );
  }
}

async function parseIdentity(text: string, file: string): Promise<AgeKey> {
  const lines = text.split('\n').map((line) => line.trim());
  const [identity, ...more] = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (identity === undefined || more.length > 0 || !identity.startsWith('AGE-SECRET-KEY-1')) {
    throw new SecretError('secret/bad-identity', `${file} does not hold exactly one AGE-SECRET-KEY-1… line.`);
  }
  try {
    return { identity, recipient: await identityToRecipient(identity) };
  } catch {
    // The library's error may quote the line, which is the key: it does not go into ours.
    throw new SecretError('secret/bad-identity', `${file} holds a damaged key: its checksum is wrong.`);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
