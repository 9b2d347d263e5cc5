import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe } from 'vitest';
import { GitError } from '../../../desired-state/git/errors.ts';
import type { RepositoryOptions } from '../../../desired-state/git/options.ts';
import type { Repository } from '../../../desired-state/git/port.ts';
import { type FixtureRepository, git, makeRepository } from '../../support/git-repo.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';

/** The kinds of address that both adapters know. */
const transports = ['path', 'file', 'http'] as const;
export type Transport = (typeof transports)[number];

export type Open = (options: RepositoryOptions) => Promise<Repository>;

export const TOKEN = 'canary-t0ken/with+signs';

/** A person of the tests. */
export const ada = { name: 'Ada', email: 'ada@example.com' };

/** One test's world: a work tree, the bare repository it is pushed to, and an address to read that by. */
export interface World {
  readonly transport: Transport;
  readonly work: FixtureRepository;
  readonly bare: string;
  readonly server: GitServer | null;
  readonly dir: string;
  options(changes?: Partial<RepositoryOptions>): RepositoryOptions;
  /** Opens the repository; it is closed after the test. */
  open(changes?: Partial<RepositoryOptions>): Promise<Repository>;
  /** Commits in the work tree and pushes to the bare repository, by force. */
  publish(files: Parameters<FixtureRepository['commit']>[0], message?: string): string;
  /** The commit that the bare repository's branch is at. */
  head(): string;
}

/** Runs a suite once for each transport, on a world of its own for every test. */
export function onEveryTransport(open: Open, suite: (world: () => World) => void): void {
  for (const transport of transports) onTransport(transport, open, suite);
}

/** Runs a suite for one transport, on a world of its own for every test. */
export function onTransport(transport: Transport, open: Open, suite: (world: () => World) => void): void {
  describe(`over ${transport}`, () => {
    let world: World;
    let opened: Repository[] = [];
    beforeEach(async () => {
      opened = [];
      world = await makeWorld(transport, async (options) => {
        const repository = await open(options);
        opened.push(repository);
        return repository;
      });
    });
    afterEach(async () => {
      for (const repository of opened) await repository.close();
      await world.server?.close();
      world.work.remove();
      await rm(world.dir, { recursive: true, force: true });
    });
    suite(() => world);
  });
}

async function makeWorld(transport: Transport, open: Open): Promise<World> {
  const work = makeRepository();
  const bare = work.bare('state.git');
  const root = dirname(bare);
  const dir = await mkdtemp(join(tmpdir(), 'tenantry-mirror-'));
  const server = transport === 'http' ? await startGitServer(root, { token: TOKEN }) : null;
  const url = server !== null ? `${server.url}/state.git` : transport === 'file' ? `file://${bare}` : bare;
  const options = (changes: Partial<RepositoryOptions> = {}): RepositoryOptions => ({
    url,
    branch: 'main',
    dir,
    ...(server === null ? {} : { token: TOKEN }),
    ...changes,
  });
  return {
    transport,
    work,
    bare,
    server,
    dir,
    options,
    open: (changes) => open(options(changes)),
    publish(files, message) {
      const commit = work.commit(files, message);
      work.git('push', '--quiet', '--force', bare, 'HEAD:refs/heads/main');
      return commit;
    },
    head: () => git(bare, ['rev-parse', 'refs/heads/main']),
  };
}

/** The GitError that a promise ends with; anything else fails the test. */
export async function gitError(promise: Promise<unknown>): Promise<GitError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof GitError) return error;
    throw error;
  }
  throw new Error('expected a GitError, but nothing was thrown');
}

/** The content of one path of a revision, as bytes. */
export async function contentAt(repository: Repository, revision: string, path: string): Promise<Uint8Array> {
  const entry = (await repository.tree(revision)).find((candidate) => candidate.path === path);
  if (entry === undefined) throw new Error(`${path} is not in ${revision}`);
  const content = (await repository.blobs([entry.oid])).get(entry.oid);
  if (content === undefined) throw new Error(`${entry.oid} was not answered`);
  return content;
}
