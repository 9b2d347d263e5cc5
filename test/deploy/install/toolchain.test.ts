import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isInstalled, root } from '../../../deploy/install/toolchain.mjs';

const wanted = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/b': { version: '2.0.0', integrity: 'sha512-b', optional: true },
  },
};

test('packages are installed when each one of the lock file is there in its version', () => {
  expect(isInstalled(wanted, { packages: wanted.packages })).toBe(true);
});

test('an optional package of another system may be absent', () => {
  expect(isInstalled(wanted, { packages: { 'node_modules/a': wanted.packages['node_modules/a'] } })).toBe(
    true,
  );
});

test('another version, other bytes, a missing package or a missing record call for npm ci', () => {
  const withA = (entry: { version: string; integrity: string }) => ({
    packages: { ...wanted.packages, 'node_modules/a': entry },
  });
  expect(isInstalled(wanted, withA({ version: '1.0.1', integrity: 'sha512-a' }))).toBe(false);
  expect(isInstalled(wanted, withA({ version: '1.0.0', integrity: 'sha512-x' }))).toBe(false);
  expect(isInstalled(wanted, { packages: {} })).toBe(false);
  expect(isInstalled(wanted, null)).toBe(false);
  expect(isInstalled(null, { packages: wanted.packages })).toBe(false);
});

async function readLock(path: string): Promise<{ packages: Record<string, LockEntry> }> {
  return JSON.parse(await readFile(join(root, path), 'utf8')) as { packages: Record<string, LockEntry> };
}

interface LockEntry {
  readonly version: string;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

test('the lock file of this tree agrees with what npm installed', async () => {
  expect(
    isInstalled(await readLock('package-lock.json'), await readLock('node_modules/.package-lock.json')),
  ).toBe(true);
});

test('the lock file names the packages of other systems too, without which npm ci refuses it', async () => {
  const { packages } = await readLock('package-lock.json');
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});
