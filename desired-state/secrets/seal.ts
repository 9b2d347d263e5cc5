import { armor, Decrypter, Encrypter } from 'age-encryption';
import canonicalize from 'canonicalize';
import { SecretError } from './secret-error.ts';

/** What is encrypted. age does not bind a ciphertext to its place, so the place is inside. */
interface Envelope {
  readonly v: 1;
  readonly tenant: string;
  readonly name: string;
  readonly encoding: 'utf8' | 'base64';
  readonly value: string;
}

/**
 * Encrypts a value for one place: a name of one tenant.
 * @param recipients age recipients (`age1…`), each of whose keys can open it alone
 * @returns ASCII-armored age ciphertext with a final newline
 * @throws SecretError `secret/no-key` without recipients or with one that is no age recipient
 */
export async function seal(
  tenant: string,
  name: string,
  value: Uint8Array,
  recipients: readonly string[],
): Promise<string> {
  if (recipients.length === 0) {
    throw new SecretError('secret/no-key', `There is no key to encrypt ${name} of ${tenant} to.`);
  }
  const encrypter = new Encrypter();
  for (const recipient of new Set(recipients)) addRecipient(encrypter, recipient);
  const plain = canonicalize(envelopeOf(tenant, name, value));
  if (plain === undefined) throw new SecretError('secret/refused', `${name} of ${tenant} cannot be encoded.`);
  return armor.encode(await encrypter.encrypt(plain));
}

/**
 * Decrypts a value and checks that it was sealed for this tenant and name.
 * @param identity `AGE-SECRET-KEY-1…`
 * @throws SecretError `secret/bad-identity`, `secret/undecryptable`, `secret/wrong-binding`
 */
export async function openSealed(
  tenant: string,
  name: string,
  sealed: string,
  identity: string,
): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  addIdentity(decrypter, identity);
  const envelope = parseEnvelope(await decrypt(decrypter, tenant, name, sealed));
  if (envelope === null) {
    throw new SecretError(
      'secret/undecryptable',
      `${name} of ${tenant} holds something that "tenantry secret set" did not write; set it again.`,
    );
  }
  if (envelope.tenant !== tenant || envelope.name !== name) {
    throw new SecretError(
      'secret/wrong-binding',
      `The ciphertext of ${name} of ${tenant} was made for ${envelope.name} of ${envelope.tenant}; ` +
        'set the value again instead of copying it.',
    );
  }
  return Uint8Array.from(Buffer.from(envelope.value, envelope.encoding));
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (error) {
    throw new SecretError('secret/no-key', `"${recipient}" is not an age recipient (age1…).`, {
      cause: error,
    });
  }
}

function addIdentity(decrypter: Decrypter, identity: string): void {
  try {
    decrypter.addIdentity(identity);
  } catch {
    // The library's error may quote the key.
    throw new SecretError('secret/bad-identity', 'The age identity (AGE-SECRET-KEY-1…) is damaged.');
  }
}

async function decrypt(decrypter: Decrypter, tenant: string, name: string, sealed: string): Promise<string> {
  try {
    return await decrypter.decrypt(armor.decode(sealed), 'text');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SecretError(
      'secret/undecryptable',
      `${name} of ${tenant} cannot be decrypted with this key (${why}); set it again, or bring the key it was made for.`,
      { cause: error },
    );
  }
}

function envelopeOf(tenant: string, name: string, value: Uint8Array): Envelope {
  const text = asUtf8(value);
  if (text !== null) return { v: 1, tenant, name, encoding: 'utf8', value: text };
  return { v: 1, tenant, name, encoding: 'base64', value: Buffer.from(value).toString('base64') };
}

function asUtf8(value: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function parseEnvelope(text: string): Envelope | null {
  const read = tryJson(text);
  if (typeof read !== 'object' || read === null) return null;
  if (!('v' in read && 'tenant' in read && 'name' in read && 'encoding' in read && 'value' in read))
    return null;
  const { v, tenant, name, encoding, value } = read;
  if (v !== 1 || typeof tenant !== 'string' || typeof name !== 'string' || typeof value !== 'string')
    return null;
  if (encoding !== 'utf8' && encoding !== 'base64') return null;
  return { v, tenant, name, encoding, value };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's error quotes the text, which may be somebody's secret: only the fact goes on.
    return null;
  }
}
