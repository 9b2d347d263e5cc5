import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  describeMissing,
  ensurePackages,
  isDebian,
  whyNotInstall,
} from '../../../deploy/install/packages.mjs';

const docker = { name: 'docker.io', command: 'dockerd', why: 'the Docker Engine' };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-packages-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test('Debian and what is made from it is known by /etc/os-release', () => {
  expect(isDebian('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n')).toBe(true);
  expect(isDebian('ID=ubuntu\nID_LIKE=debian\n')).toBe(true);
  expect(isDebian('ID=pop\nID_LIKE="ubuntu debian"\n')).toBe(true);
  expect(isDebian('ID=alpine\nHOME_URL="https://debian.example"\n')).toBe(false);
  expect(isDebian('')).toBe(false);
});

test('one sentence says what to do without root, and on another system', () => {
  expect(whyNotInstall({ debian: true, root: true })).toBeNull();
  expect(whyNotInstall({ debian: true, root: false })).toBe('not-root');
  expect(whyNotInstall({ debian: false, root: true })).toBe('not-debian');
  expect(describeMissing([docker], 'not-root')).toBe(
    'docker.io must be installed: run this as root, or run "sudo apt-get install --no-install-recommends docker.io" and then this again',
  );
  expect(describeMissing([docker], 'not-debian')).toBe(
    'this system is not Debian or Ubuntu, so please install by its own means what is missing: "dockerd" (the Docker Engine)',
  );
});

/** An apt-get that writes down its arguments: installing for real would change the machine that runs the tests. */
async function recordAptGet(script: string): Promise<() => Promise<readonly string[]>> {
  const calls = join(folder, 'calls');
  const program = join(folder, 'apt-get');
  await writeFile(program, `#!/bin/sh\necho "$@" >> ${calls}\n${script}\n`);
  await chmod(program, 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  return async () => (await readFile(calls, 'utf8')).trim().split('\n');
}

const absent = { name: 'tenantry-absent', command: 'tenantry-absent', why: 'a test' };

test('what is there is not installed again', async () => {
  await recordAptGet('exit 1');
  await ensurePackages([
    { name: 'tar', command: 'tar', exact: true, why: 'packing' },
    { ...docker, command: 'sh' },
  ]);
});

test('package lists are fetched only when installing without them fails', async () => {
  const calls = await recordAptGet(`test -e ${folder}/updated && exit 0
case "$*" in *update*) touch ${folder}/updated; exit 0;; *) exit 100;; esac`);
  await ensurePackages([absent]);
  expect((await calls()).map((call) => call.replace('-o DPkg::Lock::Timeout=120 ', ''))).toEqual([
    'install --yes --no-install-recommends tenantry-absent',
    'update',
    'install --yes --no-install-recommends tenantry-absent',
  ]);
});

test('when apt-get fails, its own words are shown', async () => {
  await recordAptGet('echo "E: Unable to locate package tenantry-absent"; exit 100');
  await expect(ensurePackages([absent])).rejects.toThrow('E: Unable to locate package tenantry-absent');
});
