import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generateKey } from '../../../desired-state/secrets/identity.ts';
import { recipientsOf } from '../../../desired-state/secrets/recipients.ts';
import { openSealed, seal } from '../../../desired-state/secrets/seal.ts';
import { Secret } from '../../../desired-state/secrets/secret.ts';
import { checkSecret } from '../../../desired-state/secrets/secret-value.ts';
import {
  newSecretsFile,
  secretNames,
  withoutSecret,
  withSecret,
} from '../../../desired-state/secrets/secrets-file.ts';

describe('secrets.yaml', () => {
  it('takes a first secret as a block that opens again', async () => {
    const key = await generateKey();
    const sealed = await seal('acme', 'TOKEN', new TextEncoder().encode('v'), [key.recipient]);
    const text = withSecret(null, 'acme', 'TOKEN', sealed);
    expect(text).toContain('  values:\n    TOKEN: |\n      -----BEGIN AGE ENCRYPTED FILE-----\n');
    const file: unknown = parse(text);
    expect(file).toMatchObject({
      kind: 'Secrets',
      metadata: { name: 'acme' },
      spec: { values: { TOKEN: sealed } },
    });
    expect(Buffer.from(await openSealed('acme', 'TOKEN', sealed, key.identity)).toString()).toBe('v');
  });

  it('keeps comments and the other entries when one is set or removed', () => {
    const one = withSecret(null, 'acme', 'A', 'first\nA\n').replace(
      '    A:',
      '    # of the mail account\n    A:',
    );
    const two = withSecret(one, 'acme', 'B', 'second\nB\n');
    expect(two).toBe(`${one}    B: |\n      second\n      B\n`);
    expect(withoutSecret(two, 'B')).toBe(one);
    expect(withSecret(two, 'acme', 'A', 'third\nA\n')).toBe(two.replace('first', 'third'));
    expect(secretNames(two)).toEqual(['A', 'B']);
  });

  it('is an empty map again when the last entry goes', () => {
    const one = withSecret(null, 'acme', 'A', 'x\ny\n');
    expect(withoutSecret(one, 'A')).toBe(newSecretsFile('acme'));
    expect(secretNames(newSecretsFile('acme'))).toEqual([]);
  });
});

describe('the recipients of a secret', () => {
  it("are the node's key and the recovery keys, each once", () => {
    expect(recipientsOf({ name: 'worker-1', ageKey: 'age1n' }, ['age1r', 'age1n'])).toEqual([
      'age1n',
      'age1r',
    ]);
  });

  it('need a key of the node, and the error says how to make one', () => {
    expect(() => recipientsOf({ name: 'worker-1', ageKey: null }, ['age1r'])).toThrow(
      /tenantry secret keygen --node worker-1/,
    );
  });
});

describe('a value in clear', () => {
  const canary = 'canary-93b1';

  it('redacts itself wherever it is printed (INV-22)', () => {
    const secret = new Secret(canary);
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ deep: [secret] }, { depth: 9, showHidden: true, getters: true }),
      Object.entries(secret).join(),
      inspect(new Error('with', { cause: secret })),
    ].join('\n');
    expect(shown).not.toContain(canary);
    expect(shown).toContain('[redacted]');
    expect(Buffer.from(secret.reveal()).toString()).toBe(canary);
  });

  it('cannot be changed through what was handed in or out', () => {
    const given = new TextEncoder().encode('abc');
    const secret = new Secret(given);
    given[0] = 0;
    secret.reveal()[1] = 0;
    expect(Buffer.from(secret.reveal()).toString()).toBe('abc');
  });

  it('is refused as REDIS_URL unless it is a whole URL with credentials, without being repeated', () => {
    expect(() => checkSecret('REDIS_URL', new Secret(`default:${canary}@10.0.0.2`))).toThrow(/redis:\/\//);
    expect(() => checkSecret('REDIS_URL', new Secret('redis://10.0.0.2:6379'))).toThrow(
      /password is missing/,
    );
    expect(() =>
      checkSecret('REDIS_URL', new Secret(`redis://default:${canary}@10.0.0.2:6379`)),
    ).not.toThrow();
    expect(() => checkSecret('CONTROL_PRIVATE_IP', new Secret(`default:${canary}@10.0.0.2`))).toThrow(
      /host alone/,
    );
    for (const name of ['REDIS_URL', 'CONTROL_PRIVATE_IP']) {
      try {
        checkSecret(name, new Secret(`default:${canary}@10.0.0.2`));
        expect.unreachable();
      } catch (error) {
        expect(inspect(error)).not.toContain(canary);
        expect(error).toMatchObject({ code: 'secret/refused' });
      }
    }
  });

  it('is refused when empty or far too long, and so is a name that no environment takes', () => {
    expect(() => checkSecret('A', new Secret(''))).toThrow(/empty/);
    expect(() => checkSecret('A', new Secret(new Uint8Array(65_537)))).toThrow(/65537 bytes/);
    expect(() => checkSecret('A-B', new Secret('x'))).toThrow(/letters, digits/);
    expect(() => checkSecret('TENANTRY_X', new Secret('x'))).toThrow(/TENANTRY_/);
  });
});
