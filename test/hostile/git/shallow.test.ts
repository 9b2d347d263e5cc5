import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRepository } from '../../../desired-state/git/open.ts';
import type { Repository } from '../../../desired-state/git/port.ts';
import { gitError } from '../../desired-state/git/contract.ts';
import { type FixtureRepository, git, makeRepository } from '../../support/git-repo.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { adapters } from './world.ts';

const told = {
  code: 'git/unreachable',
  retry: 'backoff',
  message: expect.stringMatching(/is a shallow clone.*git fetch --unshallow/),
};

describe.each(adapters)('a repository that is a shallow clone, through %s', (adapter) => {
  let dir: string;
  let whole: FixtureRepository;
  let server: GitServer;
  let served: string;
  const opened: Repository[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tenantry-shallow-'));
    whole = makeRepository({ 'README.md': 'one\n' });
    whole.commit({ 'README.md': 'two\n' });
    served = join(dir, 'served', 'state.git');
    serveShallow();
    server = await startGitServer(dirname(served));
  });
  afterEach(async () => {
    for (const repository of opened.splice(0)) await repository.close();
    await server.close();
    whole.remove();
    await rm(dir, { recursive: true, force: true });
  });

  function serveShallow(): void {
    git(dir, ['clone', '--quiet', '--bare', '--depth=1', `file://${whole.dir}`, served]);
  }

  async function open(url: string): Promise<Repository> {
    const mirror = join(dir, `mirror-${opened.length}`);
    const repository = await openRepository({ url, branch: 'main', dir: mirror, adapter });
    opened.push(repository);
    return repository;
  }

  test.each([
    ['over http', () => `${server.url}/state.git`],
    ['as a path', () => served],
  ])('%s, is refused each time with what to do, and followed once it is whole', async (_, url) => {
    const repository = await open(url());
    expect(await gitError(repository.fetch())).toMatchObject(told);
    expect(await gitError(repository.fetch())).toMatchObject(told);
    git(served, ['fetch', '--quiet', '--unshallow']);
    const head = await repository.fetch();
    expect(head).toBe(whole.revision());
    expect(await repository.commits(head, { limit: 9 })).toHaveLength(2);
  });

  test('that has lost what was followed is told, instead of the old head', async () => {
    git(served, ['fetch', '--quiet', '--unshallow']);
    const repository = await open(`${server.url}/state.git`);
    const known = await repository.fetch();
    for (const text of ['three', 'four']) whole.commit({ 'README.md': `${text}\n` });
    await rm(served, { recursive: true });
    serveShallow();
    expect(await gitError(repository.fetch())).toMatchObject(told);
    git(served, ['fetch', '--quiet', '--unshallow']);
    const head = await repository.fetch();
    expect(head).toBe(whole.revision());
    expect(await repository.isAncestor(known, head)).toBe(true);
  });
});
