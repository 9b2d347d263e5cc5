import { beforeEach, describe, expect, test } from 'vitest';
import { SecretError } from '../../desired-state/secrets/secret-error.ts';
import type { SecretOpener } from '../../reconciler/ports.ts';
import { Vault } from '../../reconciler/vault.ts';
import { tenant } from '../support/desired.ts';

const secret = (name: string, sealed = `sealed ${name}`) => ({ name, as: 'file', sealed }) as const;
const acme = (...secrets: ReturnType<typeof secret>[]) => tenant('acme', { secrets });

/** Opens whatever begins with `sealed`; notes what it was asked. */
let opened: string[];
let failure: SecretError | null;
const opener: SecretOpener = {
  async open(of, name, sealed) {
    opened.push(`${of}/${name}`);
    if (failure !== null) throw failure;
    return Buffer.from(`value of ${sealed}`);
  },
  fingerprint: (of, name, value) => `${of}/${name}/${Buffer.from(value).toString()}`,
};
beforeEach(() => {
  opened = [];
  failure = null;
});

describe('opening the secrets of a tenant', () => {
  test('gives values, and fingerprints that tell them apart', async () => {
    const { values, fingerprints, refusals } = await new Vault(opener).open(
      acme(secret('A'), secret('B')),
      false,
    );
    expect([...values].map(([name, value]) => [name, Buffer.from(value).toString()])).toEqual([
      ['A', 'value of sealed A'],
      ['B', 'value of sealed B'],
    ]);
    expect(fingerprints).toEqual({ A: 'acme/A/value of sealed A', B: 'acme/B/value of sealed B' });
    expect(refusals).toEqual([]);
  });

  test('is done once for each ciphertext, tenant and name', async () => {
    const vault = new Vault(opener);
    for (let pass = 0; pass < 3; pass += 1) await vault.open(acme(secret('A')), false);
    expect(opened).toEqual(['acme/A']);
    await vault.open(acme(secret('A', 'sealed anew')), false);
    await vault.open(tenant('globex', { secrets: [secret('A')] }), false);
    expect(opened).toEqual(['acme/A', 'acme/A', 'globex/A']);
  });

  test('that nobody names any more is forgotten', async () => {
    const vault = new Vault(opener);
    await vault.open(acme(secret('A'), secret('B')), false);
    vault.keepOnly([acme(secret('A'))]);
    await vault.open(acme(secret('A'), secret('B')), false);
    expect(opened).toEqual(['acme/A', 'acme/B', 'acme/B']);
  });

  test('refuses the tenant for one that cannot be opened, and opens the others', async () => {
    const picky: SecretOpener = {
      ...opener,
      async open(of, name, sealed) {
        if (name === 'A') throw new SecretError('secret/wrong-binding', 'it was sealed for globex');
        return opener.open(of, name, sealed);
      },
    };
    const { values, fingerprints, refusals } = await new Vault(picky).open(
      acme(secret('A'), secret('B')),
      false,
    );
    expect([...values.keys()]).toEqual(['B']);
    expect(fingerprints['A']).toBeNull();
    expect(refusals).toEqual([
      { reason: 'secret-unavailable', message: 'secret A cannot be opened: it was sealed for globex' },
    ]);
  });

  test('is tried again after a failure: the key may be there by now', async () => {
    const vault = new Vault(opener);
    failure = new SecretError('secret/no-key', 'this node has no key');
    expect((await vault.open(acme(secret('A')), false)).refusals).toHaveLength(1);
    failure = null;
    expect((await vault.open(acme(secret('A')), false)).refusals).toEqual([]);
  });
});

describe('planning elsewhere', () => {
  test('without a key compares no secret and refuses nobody', async () => {
    failure = new SecretError('secret/no-key', 'this machine has no key');
    const { values, fingerprints, refusals } = await new Vault(opener).open(acme(secret('A')), true);
    expect([values.size, fingerprints, refusals]).toEqual([0, { A: null }, []]);
  });

  test('still tells of a secret that no key opens', async () => {
    failure = new SecretError('secret/undecryptable', 'the ciphertext is damaged');
    expect((await new Vault(opener).open(acme(secret('A')), true)).refusals).toHaveLength(1);
  });
});
