import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRepository } from '../../../desired-state/git/open.ts';
import type { Repository } from '../../../desired-state/git/port.ts';
import { MAX_FILES } from '../../../desired-state/git/tree-rules.ts';
import { createReadCache, readDesired } from '../../../desired-state/read/last-good.ts';
import { git } from '../../support/git-repo.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { Sandbox } from '../../support/sandbox.ts';
import { fleet, tenant } from '../fleet.ts';
import { allowedFor, longestBlock } from '../heartbeat.ts';
import { adapters } from './world.ts';

const MiB = 1024 * 1024;
/** `TENANTRY_HUGE=1` asks for the large file to have a gigabyte, and for what takes longest. */
const HUGE = process.env['TENANTRY_HUGE'] === '1';
const LARGE = (HUGE ? 1024 : 64) * MiB;
/** Problems of one revision that a status tells one by one; beyond, nobody reads them, and a number says it. */
const MOST_TOLD = 1_000;
/** With the healthy files of the fleet and the neighbour's wish, as many as a revision may hold. */
const MANY = MAX_FILES - Object.keys(fleet).length;
const CONTAINERS = ['tenant_acme_runtime', 'tenant_globex_runtime'];

interface Revision {
  readonly name: string;
  /** Paths of files that hold no document. */
  readonly paths: () => readonly string[];
  /** Whether the neighbour's wish of the same commit is granted. */
  readonly granted: boolean;
  /** What is wrong with it stands in nearly every file: it is told of some, and how many there are. */
  readonly everywhere: boolean;
  readonly says: RegExp;
}

const many = (count: number, path: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => path(index));

const ofNobody: Revision = {
  name: `${MAX_FILES} files, nearly all broken documents of tenants that are not there`,
  paths: () => many(MANY, (index) => `tenants/t${index % 5_000}/prompts/p${index}.yaml`),
  granted: true,
  everywhere: true,
  says: /tenants\/t\d+\/prompts\/p/,
};

const revisions: readonly Revision[] = [
  {
    name: `${MAX_FILES} files, nearly all where nothing is read`,
    paths: () => many(MANY, (index) => `library/p${index}.yaml`),
    granted: false,
    everywhere: true,
    says: /library\/p/,
  },
  {
    name: `${MAX_FILES} files, nearly all broken documents of one tenant`,
    paths: () => many(MANY, (index) => `tenants/acme/prompts/p${index}.yaml`),
    granted: true,
    everywhere: true,
    says: /tenants\/acme\/prompts\/p/,
  },
  ...(HUGE ? [ofNobody] : []),
  {
    name: 'more files than are allowed',
    paths: () => many(MANY + 1, (index) => `library/p${index}.md`),
    granted: false,
    everywhere: false,
    says: new RegExp(`${MAX_FILES}`),
  },
];

const large: Revision = {
  name: `one file of ${LARGE} bytes`,
  paths: () => [],
  granted: false,
  everywhere: false,
  says: new RegExp(`${LARGE}`),
};

describe('INV-8: what is far too large, before a reconciler', () => {
  let root: string;
  let bare: string;
  let server: GitServer;
  let commits: readonly string[];

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'tenantry-huge-reconciler-'));
    bare = join(root, 'served', 'state.git');
    git(root, ['init', '--quiet', '--bare', '--initial-branch=main', 'served/state.git']);
    commits = await writeCommits();
    server = await startGitServer(join(root, 'served'));
  }, 300_000);
  afterAll(async () => {
    await server.close();
    await rm(root, { recursive: true, force: true });
  });

  /** The healthy fleet, and each hostile revision on top of it. Answers their ids. */
  async function writeCommits(): Promise<readonly string[]> {
    const healthy = new Map(Object.entries(fleet).map(([path, text]) => [path, blob(text)]));
    const wish = blob(tenant('globex', '  runtime:\n    env: {MARK: "1"}\n'));
    const changed = new Map([...healthy, ['tenants/globex/tenant.yaml', wish]]);
    const nothing = blob('x\n');
    const good = commit(healthy, []);
    const hostile = revisions.map(({ paths }) =>
      commit(new Map([...changed, ...paths().map((path) => [path, nothing] as const)]), ['-p', good]),
    );
    return [
      good,
      ...hostile,
      commit(new Map([...changed, ['library/large.md', await largeBlob()]]), ['-p', good]),
    ];
  }

  const blob = (text: string) => git(bare, ['hash-object', '-w', '--stdin'], text);

  /** A file of zeros: git packs it piece by piece, so that it is never whole in memory. */
  async function largeBlob(): Promise<string> {
    const path = join(root, 'large');
    await writeFile(path, '');
    await truncate(path, LARGE);
    return git(bare, ['-c', 'core.bigFileThreshold=1m', 'hash-object', '-w', path]);
  }

  /** By an index: `git fast-import` takes minutes for a folder of 100,000 files. */
  function commit(files: ReadonlyMap<string, string>, parents: readonly string[]): string {
    const lines = [...files].map(([path, oid]) => `100644 ${oid}\t${path}\n`).sort(byPath);
    git(bare, ['read-tree', '--empty']);
    git(bare, ['update-index', '--add', '--index-info'], lines.join(''));
    return git(bare, ['commit-tree', git(bare, ['write-tree']), ...parents, '-m', 'change']);
  }

  /** The branch of the server is at a commit from now on. */
  const show = (index: number) => git(bare, ['update-ref', 'refs/heads/main', commits[index] ?? '']);

  describe.each(adapters)('through %s', (adapter) => {
    const numbered = [...revisions, large].map(
      (revision, index) => [revision.name, revision, index + 1] as const,
    );
    // What is read of so many files is read alike, whoever brought them; who refuses to bring them does it in his own way.
    const tried = numbered.filter(([, { everywhere }]) => !everywhere || adapter === 'binary');

    test.each(tried)(
      '%s: last good is enforced, a few findings and their number are told, and the program goes on',
      async (_, { granted, everywhere, says }, index) => {
        show(0);
        const dir = await mkdtemp(join(root, `${adapter}-`));
        const repository = await openRepository({
          url: `${server.url}/state.git`,
          branch: 'main',
          dir,
          adapter,
        });
        try {
          const sandbox = await converged(repository);
          show(index);
          const { value, ms: blockedMs } = await longestBlock(async () => {
            await sandbox.converge();
            return sandbox.status();
          });
          const made = sandbox.takeCalls().filter((call) => call.startsWith('createContainer'));
          expect(made.filter((call) => !call.includes('globex'))).toEqual([]);
          expect(made.length > 0, 'the neighbour is served').toBe(granted);
          const { source, problems } = value;
          expect(source.state).not.toBe('ok');
          const told = [
            source.detail,
            ...problems.map(({ path, line, message }) => `${path}:${line} ${message}`),
          ].join('\n');
          expect(told).toMatch(says);
          expect.soft(problems.length).toBeLessThanOrEqual(MOST_TOLD);
          if (everywhere) expect.soft(told, 'how many there are').toMatch(/(?<![\w.:])9\d[, ]?\d{3}\b/);
          expect.soft(blockedMs, 'milliseconds in one go').toBeLessThan(allowedFor(blockedMs));
          await repairs(sandbox);
        } finally {
          await repository.close();
          await rm(dir, { recursive: true, force: true });
        }
      },
      300_000,
    );
  });
});

/** In the order in which an index keeps them, so that each is put at its end. */
function byPath(a: string, b: string): number {
  const [one = '', other = ''] = [a.split('\t')[1], b.split('\t')[1]];
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

async function converged(repository: Repository): Promise<Sandbox> {
  const cache = createReadCache();
  const sandbox = new Sandbox({
    followed: { repository, read: (revision) => readDesired(repository, revision, cache) },
  });
  await sandbox.converge();
  expect((await sandbox.status()).source).toMatchObject({ state: 'ok' });
  expect(names(sandbox)).toEqual(CONTAINERS);
  sandbox.takeCalls();
  return sandbox;
}

const names = ({ engine }: Sandbox) =>
  [...engine.containers.values()].map(({ Name }) => Name.slice(1)).sort();

/** Last good is not only left alone: what another hand takes away comes back, and nothing of the loop is held for it. */
async function repairs(sandbox: Sandbox): Promise<void> {
  const acme = [...sandbox.engine.containers.values()].find(({ Name }) => Name === '/tenant_acme_runtime');
  await sandbox.engine.removeContainer(acme?.Id ?? '', { force: true });
  sandbox.takeCalls();
  const { ms: blockedMs } = await longestBlock(() => sandbox.converge());
  expect(sandbox.takeCalls().filter((call) => call.startsWith('startContainer'))).toHaveLength(1);
  expect(blockedMs).toBeLessThan(allowedFor(blockedMs));
}
