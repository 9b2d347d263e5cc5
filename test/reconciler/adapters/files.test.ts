import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFiles } from '../../../reconciler/adapters/files.ts';
import { isInMemory, removeSecretsMount } from '../../../reconciler/adapters/files-tmpfs.ts';
import type { Files } from '../../../reconciler/ports.ts';

const bytes = (text: string) => Buffer.from(text);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: string;
let files: Files;

beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'tenantry-test-files-'));
  files = openFiles({ dataDir: join(folder, 'data'), secretsDir: join(folder, 'secrets') });
});
afterEach(async () => {
  await removeSecretsMount(join(folder, 'secrets'));
  await fs.rm(folder, { recursive: true, force: true });
});

const beginning = async (): Promise<void> => {};
const inAcme = (path = '') => join(files.configDir('acme'), path);
const writeAcme = (contents: Readonly<Record<string, string>>) =>
  files.write(
    'acme',
    Object.fromEntries(Object.entries(contents).map(([path, text]) => [path, bytes(text)])),
    beginning,
  );
const read = (path: string) => fs.readFile(inAcme(path), 'utf8');

describe('managed files', () => {
  test('a tenant without a folder has no digests', async () => {
    expect(await files.digests('acme')).toBeNull();
    expect(await files.tenants()).toEqual([]);
  });

  test('what was written is there, by its digest', async () => {
    await writeAcme({ 'config.json': '{}', 'prompts/greeting.md': 'Hello' });
    expect(await files.digests('acme')).toEqual({
      'config.json': sha256('{}'),
      'prompts/greeting.md': sha256('Hello'),
    });
    expect(await read('prompts/greeting.md')).toBe('Hello');
    expect(await files.tenants()).toEqual(['acme']);
  });

  test('a runtime of any user can read them, and root alone the folders above', async () => {
    const umask = process.umask(0o077);
    try {
      await writeAcme({ 'prompts/greeting.md': 'Hello' });
    } finally {
      process.umask(umask);
    }
    const mode = async (path: string) => ((await fs.stat(path)).mode & 0o777).toString(8);
    expect(await mode(inAcme('prompts/greeting.md'))).toBe('444');
    expect(await mode(inAcme('prompts'))).toBe('755');
    expect(await mode(inAcme())).toBe('755');
    expect(await mode(join(inAcme(), '..'))).toBe('700');
  });

  test('only what changed is replaced, and the folder is the same one', async () => {
    await writeAcme({ a: 'one', 'dir/b': 'two', 'dir/c': 'three' });
    const inode = async (path: string) => (await fs.stat(inAcme(path))).ino;
    const before = {
      root: await inode(''),
      dir: await inode('dir'),
      a: await inode('a'),
      b: await inode('dir/b'),
    };
    await writeAcme({ a: 'one', 'dir/b': 'changed' });
    expect({ root: await inode(''), dir: await inode('dir'), a: await inode('a') }).toEqual({
      root: before.root,
      dir: before.dir,
      a: before.a,
    });
    expect(await inode('dir/b')).not.toBe(before.b);
    expect(await files.digests('acme')).toEqual({ a: sha256('one'), 'dir/b': sha256('changed') });
  });

  test('an edit by another hand shows, even one that keeps size and time of modification', async () => {
    await writeAcme({ 'config.json': 'aaaa' });
    const before = await fs.stat(inAcme('config.json'));
    expect(await files.digests('acme')).toEqual({ 'config.json': sha256('aaaa') });
    await fs.writeFile(inAcme('config.json'), 'bbbb');
    await fs.utimes(inAcme('config.json'), before.atime, before.mtime);
    expect(await files.digests('acme')).toEqual({ 'config.json': sha256('bbbb') });
  });

  test('changed permissions show and are mended', async () => {
    await writeAcme({ 'config.json': '{}', 'prompts/a': 'a' });
    await fs.chmod(inAcme('config.json'), 0o600);
    await fs.chmod(inAcme('prompts'), 0o700);
    await fs.chmod(inAcme(), 0o700);
    expect(await files.digests('acme')).toEqual({
      './': 'mode-0700:',
      'config.json': `mode-0600:${sha256('{}')}`,
      'prompts/': 'mode-0700:',
      'prompts/a': sha256('a'),
    });
    await writeAcme({ 'config.json': '{}', 'prompts/a': 'a' });
    expect(await files.digests('acme')).toEqual({ 'config.json': sha256('{}'), 'prompts/a': sha256('a') });
  });

  test('a planted link is shown, never followed, and removed with the next write', async () => {
    const outside = join(folder, 'outside');
    await fs.mkdir(outside);
    await fs.writeFile(join(outside, 'config.json'), 'mine');
    await writeAcme({ 'config.json': '{}' });
    await fs.rm(inAcme('config.json'));
    await fs.symlink(join(outside, 'config.json'), inAcme('config.json'));
    await fs.symlink(outside, inAcme('prompts'));
    expect(await files.digests('acme')).toEqual({
      'config.json': `symlink:${outside}/config.json`,
      prompts: `symlink:${outside}`,
    });
    await writeAcme({ 'config.json': '{}', 'prompts/a': 'a' });
    expect(await files.digests('acme')).toEqual({ 'config.json': sha256('{}'), 'prompts/a': sha256('a') });
    expect(await fs.readdir(outside)).toEqual(['config.json']);
    expect(await fs.readFile(join(outside, 'config.json'), 'utf8')).toBe('mine');
  });

  test('a link in place of the whole folder is not followed either', async () => {
    const outside = join(folder, 'outside');
    await fs.mkdir(outside);
    await fs.mkdir(join(inAcme(), '..'), { recursive: true });
    await fs.symlink(outside, inAcme());
    expect(await files.digests('acme')).toBeNull();
    await writeAcme({ a: 'one' });
    expect(await fs.readdir(outside)).toEqual([]);
    expect(await read('a')).toBe('one');
  });

  test('a pipe is shown without being opened, and removed with the next write', async () => {
    await writeAcme({ a: 'one' });
    await execa('mkfifo', [inAcme('pipe')]);
    expect(await files.digests('acme')).toEqual({ a: sha256('one'), pipe: 'special:' });
    await writeAcme({ a: 'one' });
    expect(await files.digests('acme')).toEqual({ a: sha256('one') });
  });

  test('a file may become a folder and a folder a file', async () => {
    await writeAcme({ a: 'file', 'b/c': 'in a folder' });
    await writeAcme({ 'a/x/y': 'in folders', b: 'file' });
    expect(await files.digests('acme')).toEqual({ 'a/x/y': sha256('in folders'), b: sha256('file') });
    await writeAcme({});
    expect(await files.digests('acme')).toEqual({});
    expect(await fs.readdir(inAcme())).toEqual([]);
  });

  test.each(['../escape', '/etc/passwd', 'a/../../b', 'a//b', './a', 'a/', '', '.', 'nul\0'])(
    'the path %j is refused and nothing is written',
    async (path) => {
      const write = writeAcme({ fine: 'x', [path]: 'x' });
      await expect(write).rejects.toMatchObject({ code: 'files/bad-path', retry: 'never' });
      expect(await files.digests('acme')).toBeNull();
    },
  );

  test.each(['..', '.', '', 'a/b', '.staging', 'Acme', 'acme\n'])(
    'the tenant name %j is refused',
    async (name) => {
      expect(() => files.configDir(name)).toThrow(/no tenant's name/);
      await expect(files.remove(name)).rejects.toThrow(/no tenant's name/);
    },
  );

  test('whatever was there, a write makes the folder hold exactly its files', async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'long-name.md');
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const set = fc.dictionary(path, fc.string({ maxLength: 20 }), { maxKeys: 6 }).filter((paths) =>
      // A path cannot be a file and a folder in one set.
      Object.keys(paths).every((one) => !Object.keys(paths).some((other) => other.startsWith(`${one}/`))),
    );
    await fc.assert(
      fc.asyncProperty(set, set, async (first, second) => {
        await writeAcme(first);
        await writeAcme(second);
        const expected = Object.fromEntries(Object.entries(second).map(([one, text]) => [one, sha256(text)]));
        expect(await files.digests('acme')).toEqual(expected);
        expect(
          await openFiles({ dataDir: join(folder, 'data'), secretsDir: folder }).digests('acme'),
        ).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('a removed tenant leaves nothing', async () => {
    await writeAcme({ a: 'one' });
    await files.write('other', { a: bytes('two') }, beginning);
    await files.writeSecrets('acme', new Map([['KEY', bytes('value')]]), beginning);
    await files.remove('acme');
    expect(await files.digests('acme')).toBeNull();
    expect(await files.readSecrets('acme')).toBeNull();
    expect(await files.tenants()).toEqual(['other']);
  });

  test('what a writer that was killed left behind goes with the next write, and with the tenant', async () => {
    const write = async () => {
      await writeAcme({ a: 'one' });
      await files.writeSecrets('acme', new Map([['KEY', bytes('value')]]), beginning);
    };
    // Where a file stands before it is in its place: a killed process leaves it there.
    const left = [
      join(folder, 'data', 'tenants', 'acme', '.staging', '0'),
      join(folder, 'secrets', '.staging', 'acme', '0'),
    ];
    const leave = async () => {
      for (const path of left) {
        await fs.mkdir(dirname(path), { recursive: true });
        await fs.writeFile(path, 'a half');
      }
    };
    const found = async () => {
      const all = await fs.readdir(folder, { recursive: true, withFileTypes: true });
      return all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    };
    await write();
    await leave();
    expect(await found()).toEqual(expect.arrayContaining(left));
    await write();
    expect((await found()).toSorted()).toEqual([inAcme('a'), join(files.secretsDir('acme'), 'KEY')]);
    await leave();
    await files.remove('acme');
    expect(await found()).toEqual([]);
  });

  test('a folder that is to be made is told before, and one that goes away meanwhile is not made', async () => {
    const told: unknown[] = [];
    const tell = async (made: boolean): Promise<void> => {
      told.push(made, await fs.readdir(inAcme()).catch(() => null));
    };
    const contents = { a: bytes('a'), 'deep/er/b': bytes('b') };
    await files.write('acme', contents, tell);
    await files.write('acme', contents, tell);
    expect(told).toEqual([true, null, false, ['a', 'deep']]);
    // Another hand removes it just then: of what was in it at the last look nothing is to be written, or all of it.
    for (const now of [contents, { 'deep/er/b': bytes('c') }]) {
      const gone = files.write('acme', now, () => fs.rm(inAcme(), { recursive: true }));
      await expect(gone).rejects.toMatchObject({ code: 'files/write-failed', retry: 'backoff' });
      expect(await files.digests('acme')).toBeNull();
      await files.write('acme', contents, beginning);
    }
  });

  test('a full disk leaves every file as it was (INV-18)', async () => {
    const disk = join(folder, 'disk');
    await fs.mkdir(disk);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tenantry-test', disk]);
    try {
      const small = openFiles({ dataDir: disk, secretsDir: join(folder, 'secrets') });
      await small.write('acme', { a: bytes('old a'), b: bytes('old b'), gone: bytes('old') }, beginning);
      const before = await small.digests('acme');
      const write = small.write(
        'acme',
        { a: bytes('new a'), b: Buffer.alloc(200_000), c: bytes('new') },
        beginning,
      );
      await expect(write).rejects.toMatchObject({ code: 'files/write-failed', retry: 'backoff' });
      await expect(write).rejects.toThrow(/cannot write .*acme\/files: ENOSPC.*look at space/);
      expect(await small.digests('acme')).toEqual(before);
      await small.write('acme', { a: bytes('new a') }, beginning);
      expect(await small.digests('acme')).toEqual({ a: sha256('new a') });
    } finally {
      await execa('umount', [disk]);
    }
  });
});

test("INV-10: a folder that cannot be read is told with its place, and others' are read", async () => {
  await files.write('acme', { a: bytes('a') }, beginning);
  const home = join(folder, 'data', 'tenants', 'globex');
  await fs.symlink(home, home);
  const read = files.digests('globex');
  await expect(read).rejects.toMatchObject({ code: 'files/read-failed', retry: 'backoff' });
  await expect(read).rejects.toThrow(/cannot read .*globex\/files: ELOOP.*look at space and permissions/);
  expect(await files.digests('acme')).toEqual({ a: sha256('a') });
});

describe('secrets', () => {
  const secretsDir = () => join(folder, 'secrets');

  test('are kept in memory, on a tmpfs that is mounted where there was none', async () => {
    expect(await isInMemory(folder)).toBe(false);
    expect(await files.readSecrets('acme')).toBeNull();
    await files.writeSecrets('acme', new Map([['OPENAI_API_KEY', bytes('value')]]), beginning);
    expect(await isInMemory(files.secretsDir('acme'))).toBe(true);
    const { stdout } = await execa('findmnt', [
      '--noheadings',
      '--output',
      'SOURCE,FSTYPE,OPTIONS',
      secretsDir(),
    ]);
    expect(stdout).toMatch(/^tenantry +tmpfs +rw,nosuid,nodev,noexec/);
    expect(((await fs.stat(secretsDir())).mode & 0o777).toString(8)).toBe('700');
    expect(await files.readSecrets('acme')).toEqual(new Map([['OPENAI_API_KEY', bytes('value')]]));
    expect(await files.tenants()).toEqual(['acme']);
  });

  test('that are no longer named are gone, the mount is made once', async () => {
    await files.writeSecrets(
      'acme',
      new Map([
        ['A', bytes('1')],
        ['B', bytes('2')],
      ]),
      beginning,
    );
    await files.writeSecrets('acme', new Map([['B', bytes('3')]]), beginning);
    expect(await files.readSecrets('acme')).toEqual(new Map([['B', bytes('3')]]));
    const mounts = (await fs.readFile('/proc/self/mounts', 'utf8')).split('\n');
    expect(mounts.filter((line) => line.includes(` ${secretsDir()} `))).toHaveLength(1);
  });

  test('of a folder that cannot be a tmpfs are refused, with what to do', async () => {
    // An unprivileged process cannot mount: the same refusal a person gets who is not root.
    const script = `
      import { ensureInMemory } from ${JSON.stringify(join(process.cwd(), 'reconciler/adapters/files-tmpfs.ts'))};
      process.setuid(65534);
      await ensureInMemory(process.argv[1]).catch((error) => console.log(JSON.stringify({ ...error, text: error.message })));
    `;
    const open = await fs.mkdtemp(join(tmpdir(), 'tenantry-test-open-'));
    try {
      await fs.chmod(open, 0o777);
      const target = join(open, 'secrets');
      const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script, target]);
      expect(JSON.parse(stdout)).toMatchObject({ code: 'files/not-tmpfs', retry: 'never' });
      expect(stdout).toMatch(/run as root, mount one yourself \(mount -t tmpfs/);
    } finally {
      await fs.rm(open, { recursive: true, force: true });
    }
  });

  test('are gone with the mount, and a mount of another hand stays', async () => {
    await files.writeSecrets('acme', new Map([['KEY', bytes('value')]]), beginning);
    await removeSecretsMount(secretsDir());
    expect(await files.readSecrets('acme')).toBeNull();
    const foreign = join(folder, 'foreign');
    await fs.mkdir(foreign);
    await execa('mount', ['-t', 'tmpfs', 'somebody', foreign]);
    try {
      await expect(removeSecretsMount(foreign)).rejects.toMatchObject({ code: 'EBUSY' });
      expect(await isInMemory(foreign)).toBe(true);
    } finally {
      await execa('umount', [foreign]);
    }
  });
});

describe('watching', () => {
  test('tells the tenant that another hand changed, and not the one that nobody did', async () => {
    await writeAcme({ 'prompts/a': 'one' });
    await files.write('quiet', { a: bytes('one') }, beginning);
    const abort = new AbortController();
    const seen: string[] = [];
    const watching = files.watch((tenant) => void seen.push(tenant), abort.signal);
    // The first scan takes a moment: edit until it is noticed.
    let edits = 0;
    const editAndLook = async () => {
      await fs.chmod(inAcme('prompts/a'), 0o644);
      await fs.writeFile(inAcme('prompts/a'), `edit ${(edits += 1)}`);
      return seen.includes('acme');
    };
    await expect.poll(editAndLook, { interval: 200, timeout: 10_000 }).toBe(true);
    for (const act of [
      () => fs.writeFile(inAcme('foreign'), 'new'),
      () => fs.rm(inAcme('prompts/a'), { force: true }),
      () => fs.symlink('/etc/passwd', inAcme('link')),
      () => fs.rm(inAcme(), { recursive: true }),
      () => writeAcme({ 'prompts/b': 'again' }),
    ]) {
      // Let what the step before set off run dry.
      await expect.poll(async () => seen.splice(0).length, { interval: 300 }).toBe(0);
      await act();
      await expect.poll(() => seen.includes('acme'), { timeout: 5_000 }).toBe(true);
    }
    expect(seen).not.toContain('quiet');
    abort.abort();
    await watching;
  });

  test('tells of folders in folders, also when they came later, were moved or took the place of others', async () => {
    await writeAcme({ 'prompts/a': 'one' });
    const abort = new AbortController();
    let told = 0;
    let others = 0;
    const watching = files.watch((tenant) => (tenant === 'acme' ? (told += 1) : (others += 1)), abort.signal);
    const tells = async (act: () => Promise<unknown>) => {
      await expect.poll(async () => told - (told = 0), { interval: 300 }).toBe(0);
      await act();
      await expect.poll(() => told, { timeout: 5_000 }).toBeGreaterThan(0);
    };
    const deep = inAcme('prompts/x/y');
    // The first look takes a moment: edit until it is noticed.
    await expect
      .poll(async () => (await fs.writeFile(inAcme('b'), 'edit'), told), { interval: 200 })
      .toBeGreaterThan(0);
    await tells(() => fs.mkdir(deep, { recursive: true }));
    await tells(() => fs.writeFile(join(deep, 'z'), 'one'));
    await tells(() => fs.rename(inAcme('prompts'), inAcme('moved')));
    await tells(() => fs.writeFile(inAcme('moved/x/y/z'), 'two'));
    await tells(async () => {
      await fs.rename(inAcme('moved'), join(inAcme(), '..', 'aside'));
      await fs.mkdir(inAcme('moved'));
    });
    await tells(() => fs.writeFile(inAcme('moved/new'), 'three'));
    // What stands beside the mounted folder is nobody's concern, wherever it came from.
    await expect.poll(async () => told - (told = 0), { interval: 300 }).toBe(0);
    await fs.writeFile(join(inAcme(), '..', 'aside', 'x', 'y', 'z'), 'four');
    // The kernel tells in order: what came of that would be told before this.
    await files.write('globex', { a: bytes('one') }, beginning);
    await expect.poll(() => others, { timeout: 5_000 }).toBeGreaterThan(0);
    expect(told).toBe(0);
    abort.abort();
    await watching;
  });
});
