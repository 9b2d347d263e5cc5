import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { fill } from '../../support/full-disk.ts';
import type { GitServer } from '../../support/git-server.ts';
import { ada, contentAt, gitError, type Open, onTransport, TOKEN, type World } from './contract.ts';

/** What every adapter must do when the server, the connection or the disk fails. */
export function faultContract(open: Open): void {
  onTransport('http', open, (world) => {
    test('the token is sent, and is found in no address and no file', async () => {
      await (await world().open()).fetch();
      const { requests } = serverOf(world());
      expect(requests.length).toBeGreaterThan(0);
      for (const text of [...requests, ...(await filesBelow(world().dir))]) {
        for (const form of [TOKEN, encodeURIComponent(TOKEN), btoa(`x-access-token:${TOKEN}`)]) {
          expect(text).not.toContain(form);
        }
      }
    });

    test.each([
      ['no token', { token: '' }],
      ['a wrong token', { token: 'canary-wrong' }],
    ])('access with %s is refused, for reading and writing', async (_, changes) => {
      const good = await world().open();
      const parent = await good.fetch();
      const edit = { parent, changes: { a: Buffer.from('a') }, message: 'm', author: ada, committer: ada };
      const commit = await good.commit(edit);
      const repository = await world().open(changes);
      for (const error of [
        await gitError(repository.fetch()),
        await gitError(repository.push(commit, parent)),
      ]) {
        expect(error).toMatchObject({ code: 'git/auth', retry: 'never' });
        expect(error.message).not.toContain('canary');
      }
      expect(world().head()).toBe(parent);
    });

    test('a token in the address is used and never shown', async () => {
      const { url } = world().options();
      const named = url.replace('://', `://${encodeURIComponent(TOKEN)}@`);
      const repository = await world().open({ url: named, token: '' });
      expect(await repository.fetch()).toBe(world().head());
      serverOf(world()).faults = { status: 500 };
      expect((await gitError(repository.fetch())).message).not.toContain('canary');
    });

    test('a token comes from the environment when none is given', async () => {
      const { url, branch, dir } = world().options();
      const environment = { PATH: process.env['PATH'], TENANTRY_GIT_TOKEN: TOKEN };
      const repository = await open({ url, branch, dir, environment });
      expect(await repository.fetch()).toBe(world().head());
      await repository.close();
    });

    test.each([500, 502, 503, 429])('status %i is an outage that may pass', async (status) => {
      const repository = await world().open();
      const head = await repository.fetch();
      serverOf(world()).faults = { status };
      expect(await gitError(repository.fetch())).toMatchObject({ code: 'git/unreachable', retry: 'backoff' });
      expect(await contentAt(repository, head, 'README.md')).toEqual(Buffer.from('# fixture\n'));
      serverOf(world()).faults = {};
      expect(await repository.fetch()).toBe(head);
    });

    test('an answer of 403 is a matter of access', async () => {
      serverOf(world()).faults = { status: 403 };
      expect((await gitError((await world().open()).fetch())).code).toBe('git/auth');
    });

    test('a redirect is not followed, so that the token reaches nobody else', async () => {
      const { url } = serverOf(world());
      serverOf(world()).faults = { status: 302, headers: { location: `${url}/other.git/info/refs` } };
      expect((await gitError((await world().open()).fetch())).code).toBe('git/unreachable');
      expect(serverOf(world()).requests.join('\n')).not.toContain('other.git');
    });

    test('a server that is gone is an outage, and what was fetched is still read', async () => {
      const repository = await world().open();
      const head = await repository.fetch();
      await serverOf(world()).close();
      expect(await gitError(repository.fetch())).toMatchObject({ code: 'git/unreachable', retry: 'backoff' });
      expect(await contentAt(repository, head, 'README.md')).toEqual(Buffer.from('# fixture\n'));
    });

    test.each([0, 30, 300])('a pack that breaks off after %i bytes changes nothing', async (cutAfter) => {
      const repository = await world().open();
      const head = await repository.fetch();
      const next = world().publish({
        'noise.txt': Array.from({ length: 500 }, (_, i) => `${i * i}`).join(','),
      });
      serverOf(world()).faults = { cutAfter };
      expect(await gitError(repository.fetch())).toMatchObject({ code: 'git/unreachable', retry: 'backoff' });
      expect(await contentAt(repository, head, 'README.md')).toEqual(Buffer.from('# fixture\n'));
      serverOf(world()).faults = {};
      expect(await repository.fetch()).toBe(next);
      expect(await repository.tree(next)).toHaveLength(2);
    });

    test('a pack with one flipped bit is refused, and what was fetched is still read', async () => {
      const repository = await world().open();
      const head = await repository.fetch();
      const next = world().publish({ 'a.yaml': 'content\n'.repeat(50) });
      serverOf(world()).faults = { garble: flipInPack };
      expect(await gitError(repository.fetch())).toMatchObject({ code: 'git/corrupt', retry: 'backoff' });
      expect(await contentAt(repository, head, 'README.md')).toEqual(Buffer.from('# fixture\n'));
      serverOf(world()).faults = {};
      expect(await repository.fetch()).toBe(next);
      expect(await contentAt(repository, next, 'a.yaml')).toHaveLength(400);
    });

    test('INV-18: a full disk is told, keeps what was fetched, and is over when there is room', async () => {
      const disk = world().dir;
      await execa('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tenantry-test', disk]);
      try {
        const repository = await world().open();
        const head = await repository.fetch();
        await fill(join(disk, 'filler'));
        const next = world().publish({ 'noise.bin': randomBytes(300_000) });
        expect(await gitError(repository.fetch())).toMatchObject({ code: 'git/disk', retry: 'backoff' });
        expect(await contentAt(repository, head, 'README.md')).toEqual(Buffer.from('# fixture\n'));
        await repository.close();
        const reopened = await world().open();
        expect(await gitError(reopened.fetch())).toMatchObject({ code: 'git/disk', retry: 'backoff' });
        expect(await contentAt(reopened, head, 'README.md')).toEqual(Buffer.from('# fixture\n'));
        await rm(join(disk, 'filler'));
        expect(await reopened.fetch()).toBe(next);
        await reopened.close();
      } finally {
        await execa('umount', ['--lazy', disk]);
      }
    });

    test('INV-18: a disk that is read-only from now on is told, and what was fetched is read, also by who opens it anew', async () => {
      const disk = world().dir;
      const remount = (how: 'ro' | 'rw') => execa('mount', ['-o', `remount,${how}`, disk]);
      await execa('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tenantry-test', disk]);
      try {
        const repository = await world().open();
        const head = await repository.fetch();
        await repository.close();
        await remount('ro');
        const next = world().publish({ 'a.yaml': 'a' });
        const reopened = await world().open();
        expect(await gitError(reopened.fetch())).toMatchObject({ code: 'git/disk', retry: 'backoff' });
        expect(await contentAt(reopened, head, 'README.md')).toEqual(Buffer.from('# fixture\n'));
        await remount('rw');
        expect(await reopened.fetch()).toBe(next);
        await reopened.close();
      } finally {
        await execa('umount', ['--lazy', disk]);
      }
    });

    test('a fetch and a push that are aborted end with the reason given', async () => {
      const repository = await world().open();
      const parent = await repository.fetch();
      const edit = { parent, changes: { a: Buffer.from('a') }, message: 'm', author: ada, committer: ada };
      const commit = await repository.commit(edit);
      const reason = new Error('shutting down');
      const early = AbortSignal.abort(reason);
      await expect(repository.fetch(early)).rejects.toBe(reason);
      await expect(repository.push(commit, parent, early)).rejects.toBe(reason);
      serverOf(world()).faults = { hang: true };
      const late = new AbortController();
      const fetching = repository.fetch(late.signal);
      await serverOf(world()).nextRequest();
      late.abort(reason);
      await expect(fetching).rejects.toBe(reason);
      expect(world().head()).toBe(parent);
    });

    describe('a mirror that is damaged between calls is mended', () => {
      const damages: readonly (readonly [
        string,
        (path: string) => boolean,
        (path: string) => Promise<void>,
      ])[] = [
        ['a truncated pack', (path) => path.endsWith('.pack'), (path) => truncate(path, 40)],
        ['a flipped bit in a pack', (path) => path.endsWith('.pack'), flip],
        ['a truncated pack index', (path) => path.endsWith('.idx'), (path) => truncate(path, 100)],
        ['an empty configuration', (path) => path.endsWith('mirror.git/config'), (path) => truncate(path, 0)],
        [
          'a garbled configuration',
          (path) => path.endsWith('mirror.git/config'),
          (path) => writeFile(path, '[[[\n'),
        ],
        ['an empty HEAD', (path) => path.endsWith('mirror.git/HEAD'), (path) => truncate(path, 0)],
        ['a garbled ref', (path) => path.endsWith('tenantry/main'), (path) => writeFile(path, 'nonsense\n')],
      ];
      test.each(damages)('%s', async (_, matches, damage) => {
        const head = world().publish({ 'a.yaml': 'content\n' });
        const opened = await world().open();
        await opened.fetch();
        await opened.close();
        const found = (await readdir(world().dir, { recursive: true })).filter(matches);
        expect(found.length).toBeGreaterThan(0);
        for (const path of found) await damage(join(world().dir, path));
        expect(await contentAt(opened, head, 'a.yaml')).toEqual(Buffer.from('content\n'));
        const next = world().publish({ 'b.yaml': 'more\n' });
        const reopened = await world().open();
        expect(await reopened.fetch()).toBe(next);
        expect(await contentAt(reopened, next, 'b.yaml')).toEqual(Buffer.from('more\n'));
        expect(await reopened.isAncestor(head, next)).toBe(true);
      });

      test('a file where the mirror should be', async () => {
        await writeFile(join(world().dir, 'mirror.git'), 'not a folder');
        const repository = await world().open();
        expect(await repository.fetch()).toBe(world().head());
      });
    });
  });
}

function serverOf(world: World): GitServer {
  if (world.server === null) throw new Error('this world has no server');
  return world.server;
}

async function filesBelow(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')));
}

function flipInPack(body: Buffer): Buffer {
  const at = body.indexOf('PACK') + 40;
  body.writeUInt8(body.readUInt8(at) ^ 0x10, at);
  return body;
}

async function flip(path: string): Promise<void> {
  const content = await readFile(path);
  const at = Math.floor((await stat(path)).size / 2);
  content.writeUInt8(content.readUInt8(at) ^ 0x10, at);
  await writeFile(path, content, { mode: 0o600 });
}
