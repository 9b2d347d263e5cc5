import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprint } from '../../../desired-state/secrets/fingerprint.ts';
import type { AgeKey } from '../../../desired-state/secrets/identity.ts';
import { generateKey, loadIdentity, saveIdentity } from '../../../desired-state/secrets/identity.ts';
import { createSecretOpener } from '../../../desired-state/secrets/opener.ts';
import { openSealed, seal } from '../../../desired-state/secrets/seal.ts';

const canary = 'canary-7f3d-correct-horse';
const bytes = (text: string) => new TextEncoder().encode(text);

let folder: string;
let node: AgeKey;
let recovery: AgeKey;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-secrets-'));
  [node, recovery] = await Promise.all([generateKey(), generateKey()]);
  await saveIdentity(join(folder, 'node.key'), node, new Date(0));
});

afterAll(async () => rm(folder, { recursive: true }));

async function failure(promise: Promise<unknown>): Promise<Error & { code?: unknown }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('It was expected to fail.');
}

describe('a sealed secret', () => {
  it("is opened by Debian's age with the node's key file", async () => {
    const sealed = await seal('acme', 'OPENAI_API_KEY', bytes('sk-ünï'), [
      node.recipient,
      recovery.recipient,
    ]);
    const { stdout } = await execa('age', ['--decrypt', '--identity', join(folder, 'node.key')], {
      input: sealed,
    });
    expect(JSON.parse(stdout)).toEqual({
      v: 1,
      tenant: 'acme',
      name: 'OPENAI_API_KEY',
      encoding: 'utf8',
      value: 'sk-ünï',
    });
  });

  it("opens what Debian's age encrypted to the node's key, when it is bound to the place", async () => {
    const plain = JSON.stringify({ v: 1, tenant: 'acme', name: 'K', encoding: 'utf8', value: 'from age' });
    const { stdout } = await execa('age', ['--armor', '--recipient', node.recipient], { input: plain });
    expect(Buffer.from(await openSealed('acme', 'K', stdout, node.identity)).toString()).toBe('from age');
  });

  it('can be opened by each of its recipients alone', async () => {
    const sealed = await seal('acme', 'K', bytes('v'), [node.recipient, recovery.recipient]);
    for (const { identity } of [node, recovery]) {
      expect(await openSealed('acme', 'K', sealed, identity)).toEqual(bytes('v'));
    }
  });

  it('comes back byte by byte, whatever it was', async () => {
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }),
      fc.string({ unit: 'grapheme' }).map(bytes),
      fc.constantFrom(bytes('\uFEFFbom'), bytes('\0'), Uint8Array.of(0xff, 0xfe)),
    );
    await fc.assert(
      fc.asyncProperty(value, async (plain) => {
        const sealed = await seal('acme', 'K', plain, [node.recipient]);
        expect(await openSealed('acme', 'K', sealed, node.identity)).toEqual(Uint8Array.from(plain));
      }),
      { numRuns: 60 },
    );
  });

  it('is refused under another tenant or another name', async () => {
    const sealed = await seal('acme', 'K', bytes(canary), [node.recipient]);
    for (const [tenant, name] of [
      ['globex', 'K'],
      ['acme', 'L'],
    ] as const) {
      const error = await failure(openSealed(tenant, name, sealed, node.identity));
      expect(error).toMatchObject({ code: 'secret/wrong-binding' });
      expect(error.message).toContain('K of acme');
    }
  });

  it('is refused with another key, when cut, and when it is no envelope', async () => {
    const sealed = await seal('acme', 'K', bytes(canary), [recovery.recipient]);
    expect(await failure(openSealed('acme', 'K', sealed, node.identity))).toMatchObject({
      code: 'secret/undecryptable',
    });
    const cut = sealed.replace(/\n[^\n]+\n-----END/, '\n-----END');
    expect(await failure(openSealed('acme', 'K', cut, recovery.identity))).toMatchObject({
      code: 'secret/undecryptable',
    });
    const { stdout } = await execa('age', ['-a', '-r', node.recipient], { input: canary });
    expect(await failure(openSealed('acme', 'K', stdout, node.identity))).toMatchObject({
      code: 'secret/undecryptable',
    });
  });

  it('needs recipients that are age recipients', async () => {
    expect(await failure(seal('acme', 'K', bytes('v'), []))).toMatchObject({ code: 'secret/no-key' });
    expect(await failure(seal('acme', 'K', bytes('v'), ['ssh-ed25519 AAAA']))).toMatchObject({
      code: 'secret/no-key',
    });
  });

  it('never shows its value or a key in any error (INV-22)', async () => {
    const sealed = await seal('acme', 'K', bytes(canary), [node.recipient]);
    const { stdout: loose } = await execa('age', ['-a', '-r', node.recipient], { input: canary });
    const damaged = `${node.identity.slice(0, -1)}${node.identity.endsWith('Q') ? 'P' : 'Q'}`;
    const errors = await Promise.all([
      failure(openSealed('globex', 'K', sealed, node.identity)),
      failure(openSealed('acme', 'K', sealed, recovery.identity)),
      failure(openSealed('acme', 'K', loose, node.identity)),
      failure(openSealed('acme', 'K', sealed, damaged)),
      failure(createSecretOpener(null).open('acme', 'K', sealed)),
    ]);
    for (const error of errors) {
      const shown = [error.message, error.stack, inspect(error, { depth: 9 }), JSON.stringify(error)].join(
        '\n',
      );
      expect(shown).not.toContain(canary);
      expect(shown).not.toContain(Buffer.from(canary).toString('base64'));
      expect(shown).not.toContain('AGE-SECRET-KEY-1' + node.identity.slice(16, 30));
    }
  });
});

describe('the opener', () => {
  it('says that the node has no key instead of guessing', async () => {
    const opener = createSecretOpener(null);
    expect(await failure(opener.open('acme', 'K', 'x'))).toMatchObject({ code: 'secret/no-key' });
    expect(() => opener.fingerprint('acme', 'K', bytes('v'))).toThrow(/keygen/);
  });

  it('opens and fingerprints with the key it was given', async () => {
    const opener = createSecretOpener(node.identity);
    const sealed = await seal('acme', 'K', bytes('v'), [node.recipient]);
    const value = await opener.open('acme', 'K', sealed);
    expect(opener.fingerprint('acme', 'K', value)).toBe(fingerprint(node.identity, 'acme', 'K', bytes('v')));
  });
});

describe('a fingerprint', () => {
  it('is 12 hexadecimal digits that depend on key, tenant, name and value', () => {
    const one = fingerprint(node.identity, 'acme', 'K', bytes('v'));
    expect(one).toMatch(/^[0-9a-f]{12}$/);
    expect(fingerprint(node.identity, 'acme', 'K', bytes('v'))).toBe(one);
    const others = [
      fingerprint(recovery.identity, 'acme', 'K', bytes('v')),
      fingerprint(node.identity, 'acm', 'eK', bytes('v')),
      fingerprint(node.identity, 'acme', 'Kv', bytes('')),
      fingerprint(node.identity, 'acme', 'K', bytes('w')),
    ];
    expect(new Set([one, ...others]).size).toBe(5);
  });
});

describe('a key file', () => {
  it('is read back, and by age-keygen too', async () => {
    expect(await loadIdentity(join(folder, 'node.key'))).toEqual(node);
    const { stdout } = await execa('age-keygen', ['-y', join(folder, 'node.key')]);
    expect(stdout.trim()).toBe(node.recipient);
  });

  it('is never overwritten', async () => {
    const error = await failure(saveIdentity(join(folder, 'node.key'), recovery, new Date()));
    expect(error).toMatchObject({ code: 'secret/bad-identity' });
    expect(await loadIdentity(join(folder, 'node.key'))).toEqual(node);
  });

  it('is refused when others may read it', async () => {
    const file = join(folder, 'open.key');
    await saveIdentity(file, recovery, new Date());
    await chmod(file, 0o640);
    const error = await failure(loadIdentity(file));
    expect(error).toMatchObject({ code: 'secret/bad-identity' });
    expect(error.message).toMatch(/mode 640.*chmod 600/);
  });

  it('is refused when it is missing, damaged or holds something else, without quoting it', async () => {
    expect(await failure(loadIdentity(join(folder, 'none')))).toMatchObject({ code: 'secret/no-key' });
    expect(await failure(loadIdentity(folder))).toMatchObject({ code: 'secret/bad-identity' });
    const file = join(folder, 'damaged.key');
    for (const text of [
      `${node.identity.slice(0, -2)}QQ\n`,
      'canary\n',
      `${node.identity}\n${node.identity}\n`,
    ]) {
      await writeFile(file, text, { mode: 0o600 });
      const error = await failure(loadIdentity(file));
      expect(error).toMatchObject({ code: 'secret/bad-identity' });
      expect(inspect(error)).not.toContain(text.slice(0, 40).trim());
    }
  });
});
