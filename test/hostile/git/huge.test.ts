import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRepository } from '../../../desired-state/git/open.ts';
import { MAX_FILES } from '../../../desired-state/git/tree-rules.ts';
import { gitError } from '../../desired-state/git/contract.ts';
import { git, gitEnv } from '../../support/git-repo.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { allowedFor, longestBlock } from '../heartbeat.ts';
import { watchMemory } from './memory-watch.ts';
import { adapters } from './world.ts';

const MiB = 1024 * 1024;
/** Bytes of the large file. A gigabyte takes git a while to hash: `TENANTRY_HUGE=1` asks for it. */
const LARGE = (process.env['TENANTRY_HUGE'] === '1' ? 1024 : 256) * MiB;
/** Bytes that it may cost this process and a git process in memory: less than the file has. */
const MAX_GROWTH_BYTES = 192 * MiB;
const MAX_GIT_BYTES = 192 * MiB;

const head = (branch: string): string =>
  `commit refs/heads/${branch}\ncommitter Ada <ada@example.com> 1700000000 +0000\ndata 7\nchange\n\n`;

describe('what is far too large', () => {
  let root: string;
  let server: GitServer;
  let dir: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'tenantry-huge-'));
    dir = join(root, 'served');
    for (const name of ['files', 'large'])
      git(root, ['init', '--quiet', '--bare', '--initial-branch=main', `served/${name}.git`]);
    await manyFiles();
    await oneLarge();
    server = await startGitServer(dir);
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await rm(root, { recursive: true, force: true });
  });

  /** A repository of as many files as are allowed on `main`, and one more on `more`; all hold the same. */
  async function manyFiles(): Promise<void> {
    const files = Array.from(
      { length: MAX_FILES },
      (_, index) => `M 100644 :1 tenants/t${index % 5_000}/prompts/p${index}.yaml\n`,
    );
    const blob = 'blob\nmark :1\ndata 2\nx\n\n';
    const more = `${head('more')}from refs/heads/main\nM 100644 :1 one-more.yaml\n\n`;
    await fastImport('files', async (stdin) => {
      stdin.end(`${blob}${head('main')}${files.join('')}\n${more}`);
    });
  }

  /** A repository with one large file of zeros: little once it is packed. */
  async function oneLarge(): Promise<void> {
    const chunk = Buffer.alloc(16 * MiB);
    await fastImport('large', async (stdin) => {
      stdin.write(`blob\nmark :1\ndata ${LARGE}\n`);
      for (let sent = 0; sent < LARGE; sent += chunk.length)
        if (!stdin.write(chunk)) await once(stdin, 'drain');
      stdin.end(`\n${head('main')}M 100644 :1 large.bin\n\n`);
    });
  }

  async function fastImport(name: string, feed: (stdin: Writable) => Promise<void>): Promise<void> {
    const args = ['-C', join(dir, `${name}.git`), '-c', 'core.bigFileThreshold=1m', 'fast-import', '--quiet'];
    const child = spawn('git', args, { env: gitEnv, stdio: ['pipe', 'ignore', 'inherit'] });
    const closed = once(child, 'close');
    await feed(child.stdin);
    expect((await closed)[0]).toBe(0);
  }

  describe.each(adapters)('through %s', (adapter) => {
    const open = (name: string, branch = 'main') =>
      openRepository({
        url: `${server.url}/${name}.git`,
        branch,
        dir: join(root, `${adapter}-${name}-${branch}`),
        adapter,
      });

    test(`${MAX_FILES} files are read, and the program goes on meanwhile`, async () => {
      const repository = await open('files');
      const { value, ms: blockedMs } = await longestBlock(async () =>
        repository.tree(await repository.fetch()),
      );
      await repository.close();
      expect(value).toHaveLength(MAX_FILES);
      expect(blockedMs).toBeLessThan(allowedFor(blockedMs));
    }, 60_000);

    test('one more is refused', async () => {
      const repository = await open('files', 'more');
      const { value, ms: blockedMs } = await longestBlock(async () =>
        gitError(repository.tree(await repository.fetch())),
      );
      await repository.close();
      expect(value).toMatchObject({ code: 'git/unsafe-tree', retry: 'never' });
      expect(value.message).toContain(String(MAX_FILES));
      expect(blockedMs).toBeLessThan(allowedFor(blockedMs));
    }, 60_000);

    test('a file that is far too large is refused, within bounds of memory', async () => {
      const repository = await open('large');
      const before = process.memoryUsage.rss();
      const peak = watchMemory();
      const { value, ms: blockedMs } = await longestBlock(async () =>
        gitError(repository.fetch().then((revision) => repository.tree(revision))),
      );
      await repository.close();
      const { program, git: child } = await peak();
      expect(['git/unsafe-tree', 'git/too-large']).toContain(value.code);
      expect(value.message).toContain(String(LARGE));
      expect(blockedMs).toBeLessThan(allowedFor(blockedMs));
      expect(program - before).toBeLessThan(MAX_GROWTH_BYTES);
      expect(child).toBeLessThan(MAX_GIT_BYTES);
    }, 60_000);
  });
});
