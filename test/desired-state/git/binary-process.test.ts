import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBinaryRepository } from '../../../desired-state/git/binary.ts';
import { type FixtureRepository, makeRepository } from '../../support/git-repo.ts';
import { startGitServer } from '../../support/git-server.ts';
import { ada, contentAt, gitError, TOKEN } from './contract.ts';

describe('the processes that the git adapter starts', () => {
  let work: FixtureRepository;
  let dir: string;

  beforeEach(async () => {
    work = makeRepository();
    dir = await mkdtemp(join(tmpdir(), 'tenantry-mirror-'));
  });
  afterEach(async () => {
    work.remove();
    await rm(dir, { recursive: true, force: true });
  });

  /** A folder for the front of PATH with a program that writes its arguments down before it does its work. */
  function recording(name: string, then: string): { readonly PATH: string; readonly said: () => string } {
    const folder = join(dir, 'bin');
    const log = join(dir, 'arguments');
    mkdirSync(folder, { recursive: true });
    writeFileSync(log, '');
    writeFileSync(join(folder, name), `#!/bin/sh\nprintf '%s\\n' "$*" >>'${log}'\n${then}\n`);
    chmodSync(join(folder, name), 0o755);
    return { PATH: `${folder}:${process.env['PATH']}`, said: () => readFileSync(log, 'utf8') };
  }

  test('never have the token among their arguments', async () => {
    const program = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
    const { PATH, said } = recording('git', `exec ${program} "$@"`);
    const bare = work.bare();
    const server = await startGitServer(join(bare, '..'), { token: TOKEN });
    const url = `${server.url}/bare.git`;
    const repository = await openBinaryRepository({
      url,
      branch: 'main',
      dir,
      token: TOKEN,
      environment: { PATH },
    });
    const parent = await repository.fetch();
    const edit = { parent, changes: { a: Buffer.from('a') }, message: 'm', author: ada, committer: ada };
    await repository.push(await repository.commit(edit), parent);
    await repository.close();
    await server.close();
    expect(said()).toContain('fetch');
    expect(said()).toContain('push');
    for (const form of [TOKEN, encodeURIComponent(TOKEN), btoa(`x-access-token:${TOKEN}`)]) {
      expect(said()).not.toContain(form);
    }
  });

  test('see no variable of the surroundings that would steer git', async () => {
    const trace = join(dir, 'trace');
    const environment = {
      PATH: process.env['PATH'],
      GIT_DIR: '/nonexistent',
      GIT_TRACE: trace,
      GIT_SSH_COMMAND: 'false',
    };
    const repository = await openBinaryRepository({ url: work.dir, branch: 'main', dir, environment });
    expect(await repository.fetch()).toBe(work.revision());
    await repository.close();
    expect(readdirSync(dir)).not.toContain('trace');
  });

  test('are replaced when somebody kills the one that reads blobs', async () => {
    const repository = await openBinaryRepository({ url: work.dir, branch: 'main', dir });
    const head = await repository.fetch();
    await contentAt(repository, head, 'README.md');
    work.remove();
    for (const pid of catFilesOf(dir)) process.kill(pid, 'SIGKILL');
    expect(await contentAt(repository, head, 'README.md')).toEqual(Buffer.from('# fixture\n'));
    expect(catFilesOf(dir)).toHaveLength(1);
    await repository.close();
    expect(catFilesOf(dir)).toEqual([]);
  });

  /** How git ends where the kernel kills it, or a helper of it, or lets none begin: in its own words (`run-command.c`). */
  const starvation = [
    ['is killed itself', 'kill -9 $$'],
    ['has its helper killed', "echo 'error: index-pack died of signal 9' >&2; exit 128"],
    ['cannot begin a helper', "echo 'fatal: unable to fork' >&2; exit 128"],
    [
      'cannot begin its thread',
      "echo 'fatal: unable to create thread: Resource temporarily unavailable' >&2; exit 128",
    ],
    [
      'has no memory',
      "echo 'fatal: Out of memory, malloc failed (tried to allocate 10 bytes)' >&2; exit 128",
    ],
  ];
  test.each(starvation)(
    'are too much for a machine where git %s: that is no damage, and nothing is fetched anew',
    async (_, end) => {
      const program = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
      const open = (PATH = process.env['PATH']) =>
        openBinaryRepository({ url: work.dir, branch: 'main', dir, environment: { PATH } });
      const before = await open();
      const head = await before.fetch();
      await before.close();
      const next = work.commit({ a: 'a' });
      const { PATH, said } = recording('git', `case "$*" in *fetch*) ${end};; esac\nexec ${program} "$@"`);
      const repository = await open(PATH);
      const error = await gitError(repository.fetch());
      expect(error).toMatchObject({ code: 'git/starved', retry: 'backoff' });
      expect(error.message).toContain('Look at its memory');
      expect(said().match(/ fetch /g)).toHaveLength(1);
      expect(said()).not.toContain('init');
      expect(await contentAt(repository, head, 'README.md')).toEqual(Buffer.from('# fixture\n'));
      await repository.close();
      const after = await open();
      expect(await after.fetch()).toBe(next);
      await after.close();
    },
  );

  test('are too much for a machine where the one that reads blobs is killed each time: the mirror stays', async () => {
    const program = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
    const { PATH, said } = recording(
      'git',
      `case "$*" in *cat-file*) kill -9 $$;; esac\nexec ${program} "$@"`,
    );
    const repository = await openBinaryRepository({
      url: work.dir,
      branch: 'main',
      dir,
      environment: { PATH },
    });
    const head = await repository.fetch();
    expect(await gitError(contentAt(repository, head, 'README.md'))).toMatchObject({ code: 'git/starved' });
    expect(said().match(/ fetch /g)).toHaveLength(1);
    await repository.close();
  });

  test('do not keep a program running that has forgotten to close the repository', async () => {
    const module = new URL('../../../desired-state/git/binary.ts', import.meta.url).href;
    const program = `
      const { openBinaryRepository } = await import(${JSON.stringify(module)});
      const repository = await openBinaryRepository(${JSON.stringify({ url: work.dir, branch: 'main', dir })});
      const [entry] = await repository.tree(await repository.fetch());
      process.stdout.write((await repository.blobs([entry.oid])).get(entry.oid));`;
    const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program], {
      timeout: 20_000,
    });
    expect(stdout).toBe('# fixture');
  });

  test('gather packs when many have come, and are not begun to look for that after each fetch', async () => {
    const program = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
    const { PATH, said } = recording('git', `exec ${program} "$@"`);
    const repository = await openBinaryRepository({
      url: work.dir,
      branch: 'main',
      dir,
      environment: { PATH },
    });
    const folder = join(dir, 'mirror.git/objects/pack');
    const packs = () => readdirSync(folder).filter((name) => name.endsWith('.pack'));
    const fetchNext = async () => {
      work.commit({ a: String(packs().length) });
      expect(await repository.fetch()).toBe(work.revision());
    };
    await fetchNext();
    const [first = ''] = packs();
    // As many more, each whole, and none with anything new.
    for (let copy = 1; copy < 49; copy += 1) {
      const name = `pack-${String(copy).padStart(40, '0')}`;
      for (const end of ['.pack', '.idx']) {
        copyFileSync(join(folder, first.replace('.pack', end)), join(folder, name + end));
      }
    }
    await fetchNext();
    expect(packs()).toHaveLength(50);
    expect(said()).not.toContain('gc --auto');
    await fetchNext();
    expect(packs()).toHaveLength(1);
    await repository.close();
  });

  test('that gather packs may be killed: what was fetched is followed, and they are not begun again at once', async () => {
    const program = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
    const { PATH, said } = recording('git', `case "$*" in *" gc "*) kill -9 $$;; esac\nexec ${program} "$@"`);
    const environment = { PATH };
    const repository = await openBinaryRepository({ url: work.dir, branch: 'main', dir, environment });
    await repository.fetch();
    const folder = join(dir, 'mirror.git/objects/pack');
    for (let more = 0; more < 60; more += 1) writeFileSync(join(folder, `pack-${more}.pack`), '');
    for (const a of ['1', '2']) {
      const next = work.commit({ a });
      expect(await repository.fetch()).toBe(next);
    }
    expect(said().match(/ gc /g)).toHaveLength(1);
    await repository.close();
  });

  test('read a repository that belongs to another user of the machine', async () => {
    const bare = work.bare();
    const owner = process.getuid?.() === 0 ? 65_534 : null;
    // Only root can give files away; for anybody else the repository stays their own, and is read all the same.
    if (owner !== null) {
      for (const name of ['', ...readdirSync(bare, { recursive: true, encoding: 'utf8' })]) {
        chownSync(join(bare, name), owner, owner);
      }
    }
    const repository = await openBinaryRepository({ url: bare, branch: 'main', dir });
    expect(await repository.fetch()).toBe(work.revision());
    await repository.close();
  });

  /*
   * A stand-in for the transport only: this `ssh` takes the arguments that git gives it and runs the command on this
   * machine. What goes over its pipes is the real Git protocol, spoken by the real git on both sides.
   */
  test('reach an ssh address through ssh that asks nobody and trusts no unknown host', async () => {
    const bare = work.bare();
    const { PATH, said } = recording('ssh', 'for last; do :; done\nexec sh -c "$last"');
    const options = { url: `ssh://git@host.example:2222${bare}`, branch: 'main', dir, environment: { PATH } };
    const repository = await openBinaryRepository(options);
    const parent = await repository.fetch();
    expect(parent).toBe(work.revision());
    const edit = { parent, changes: { a: Buffer.from('a') }, message: 'm', author: ada, committer: ada };
    const commit = await repository.commit(edit);
    await repository.push(commit, parent);
    expect(await repository.fetch()).toBe(commit);
    await repository.close();
    for (const line of said().trim().split('\n')) {
      expect(line).toContain('-o BatchMode=yes -o StrictHostKeyChecking=yes');
      expect(line).toContain('-p 2222 git@host.example git-');
    }
    const scp = await openBinaryRepository({ ...options, url: `git@host.example:${bare}` });
    expect(await scp.fetch()).toBe(commit);
    await scp.close();
  });

  test('tell a refused key and an unknown host key of ssh apart from an outage', async () => {
    const failing = async (words: string): Promise<string> => {
      const { PATH } = recording('ssh', `echo '${words}' >&2\nexit 255`);
      const url = 'git@host.example:state.git';
      const repository = await openBinaryRepository({ url, branch: 'main', dir, environment: { PATH } });
      return (await gitError(repository.fetch())).code;
    };
    expect(await failing('git@host.example: Permission denied (publickey).')).toBe('git/auth');
    expect(await failing('Host key verification failed.')).toBe('git/auth');
    expect(await failing('ssh: connect to host host.example port 22: Connection refused')).toBe(
      'git/unreachable',
    );
    expect(await failing('ssh: Could not resolve hostname host.example')).toBe('git/unreachable');
  });
});

/** The processes that read blobs from the mirror in `dir`. */
function catFilesOf(dir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => commandLine(name).includes(`${dir}/mirror.git\0cat-file`))
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    // It ended between the listing and this look at it.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return '';
    throw error;
  }
}
