import { chmod, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ContextEntry, contextDigest, packContext } from '../../../deploy/images/context.ts';
import { parseLdd, sharedLibraries } from '../../../deploy/images/libraries.ts';

let folder: string;
let source: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-context-'));
  source = join(folder, 'program');
  await writeFile(source, 'content', { mode: 0o755 });
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function entries(): readonly ContextEntry[] {
  return [
    { kind: 'file', path: 'bin/program', source },
    { kind: 'text', path: 'Dockerfile', text: 'FROM scratch\n' },
    { kind: 'folder', path: 'owned/data' },
  ];
}

test('packing twice gives the same bytes, whatever the times and the umask', async () => {
  const first = await packContext(entries(), buffer);
  await utimes(source, 1, 1);
  await chmod(source, 0o700);
  expect((await packContext(entries(), buffer)).equals(first)).toBe(true);
  const { stdout } = await execa('tar', ['--list', '--verbose', '--numeric-owner'], { input: first });
  const listed = stdout.split('\n').map((line) => line.replace(/\s+/g, ' ').split(' '));
  expect(listed.map(([mode, owner, , , , path]) => [path, mode, owner])).toEqual([
    ['./', 'drwxr-xr-x', '0/0'],
    ['./Dockerfile', '-rw-r--r--', '0/0'],
    ['./bin/', 'drwxr-xr-x', '0/0'],
    ['./bin/program', '-rwxr-xr-x', '0/0'],
    ['./owned/', 'drwxr-xr-x', '0/0'],
    ['./owned/data/', 'drwxr-xr-x', '0/0'],
  ]);
});

test('the digest follows every content, path and argument, and nothing else', async () => {
  const digest = await contextDigest(entries(), { VERSION: 'v1' });
  expect(await contextDigest([...entries()].reverse(), { VERSION: 'v1' })).toBe(digest);
  expect(await contextDigest(entries(), { VERSION: 'v2' })).not.toBe(digest);
  expect(await contextDigest(entries().slice(1), { VERSION: 'v1' })).not.toBe(digest);
  await writeFile(source, 'contents');
  expect(await contextDigest(entries(), { VERSION: 'v1' })).not.toBe(digest);
});

test('a failure of the one who reads the archive is passed on, and tar does not wait for it', async () => {
  await writeFile(source, Buffer.alloc(4 * 1024 * 1024));
  let archive: Readable | undefined;
  const fails = packContext(entries(), async (stream) => {
    archive = stream;
    throw new Error('the engine went away');
  });
  await expect(fails).rejects.toThrow('the engine went away');
  // Less than all of it comes out: tar was ended although nobody read.
  const rest = archive === undefined ? null : await buffer(archive).catch(() => Buffer.alloc(0));
  expect(rest?.length).toBeLessThan(4 * 1024 * 1024);
});

test('finds the libraries of the Node that runs this, its loader among them', async () => {
  const libraries = await sharedLibraries(process.execPath);
  expect(libraries.some((path) => path.includes('libc.so'))).toBe(true);
  expect(libraries.some((path) => path.includes('ld-linux'))).toBe(true);
});

test('a library that is missing, or a line that is not understood, is an error', () => {
  const output = '\tlinux-vdso.so.1 (0x00007ffe)\n\tlibm.so.6 => /lib/libm.so.6 (0x00007f98)\n';
  expect(parseLdd('program', output)).toEqual(['/lib/libm.so.6']);
  expect(() => parseLdd('program', `${output}\tlibx.so => not found\n`)).toThrow(
    'needs a library that is not here',
  );
  expect(() => parseLdd('program', 'something else')).toThrow('not understood');
});
