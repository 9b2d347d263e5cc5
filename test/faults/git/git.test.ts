import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRepository } from '../../../desired-state/git/open.ts';
import type { Repository } from '../../../desired-state/git/port.ts';
import { createReadCache, type ReadCache, readDesired } from '../../../desired-state/read/last-good.ts';
import { type FixtureRepository, makeRepository } from '../../support/git-repo.ts';
import { yaml } from '../../support/host.ts';
import { Sandbox } from '../../support/sandbox.ts';
import type { Fault } from '../boundary.ts';
import { GitBoundary } from './boundary.ts';

let dir: string;
let work: FixtureRepository;
let bare: string;
let boundary: GitBoundary;
let repository: Repository;
let cache: ReadCache;
let world: Sandbox;

const definition = (name: string, env: Record<string, string> = {}) => ({
  [`tenants/${name}/tenant.yaml`]: yaml('Tenant', name, {
    owner: 'ops@example.com',
    node: 'worker-1',
    image: 'registry.example.com/runtime:v1.0.0',
    runtime: { env },
  }),
});

const push = (files: Parameters<FixtureRepository['commit']>[0]): string => {
  const revision = work.commit(files);
  work.git('push', '--quiet', bare, 'main');
  return revision;
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tenantry-test-git-faults-'));
  work = makeRepository(null);
  work.commit({
    'tenantry.yaml': yaml('Platform', 'test', {}),
    'nodes/worker-1.yaml': yaml('Node', 'worker-1', { network: { pool: '10.210.0.0/16', shards: 1 } }),
    ...definition('acme'),
    ...definition('globex'),
    ...definition('initech'),
  });
  bare = work.bare();
  boundary = await GitBoundary.open({ bare, branch: 'main', kill: null });
  repository = await openRepository({ url: boundary.url, branch: 'main', dir });
  cache = createReadCache();
  const read = (revision: string) => readDesired(repository, revision, cache);
  world = new Sandbox({ followed: { repository, read } });
  await world.converge();
  world.takeCalls();
});
afterEach(async () => {
  await boundary.close();
  await repository.close();
  work.remove();
  await rm(dir, { recursive: true, force: true });
});

/** What must be, and what must not, while a fault lasts and after it; it is met by two polls. */
async function outage(fault: Fault): Promise<void> {
  const where = `${fault.at} ${fault.action}`;
  push(definition('acme', { LOG_LEVEL: fault.action }));
  boundary.reset();
  boundary.arm(fault);
  await removeByAnotherHand('globex');
  await world.converge();
  expect(boundary.fired(), where).toBe(true);
  const during = world.takeCalls();
  expect(during, `${where}: repaired within one interval`).toContain('createContainer tenant_globex_runtime');
  await world.converge();
  during.push(...world.takeCalls());
  const { state } = (await world.status()).source;
  // What git or the mirror mended by itself is no outage: then the new revision is in force.
  if (state === 'ok' && !fault.at.endsWith('#*')) expect(level('acme'), where).toBe(fault.action);
  else expect(state, `${where}: said within two polls`).toBe(expected(fault.action));
  expect(
    during.filter((call) => call.includes('initech')),
    where,
  ).toEqual([]);
  expect(running(), where).toEqual(['acme', 'globex', 'initech']);

  boundary.reset();
  for (let pass = 0; pass < 2; pass += 1) await world.converge();
  expect(level('acme'), `${where}: the new revision is in force after two passes`).toBe(fault.action);
  expect((await world.status()).source.state, where).toBe('ok');
  world.takeCalls();
  for (let pass = 0; pass < 3; pass += 1) await world.converge();
  expect(world.takeCalls(), where).toEqual([]);
}

const expected = (action: string): string =>
  action === 'force-push' ? 'rewritten' : action === 'empty-tree' ? 'invalid' : 'unreachable';

const containers = () => [...world.engine.containers.values()];

const running = (): string[] =>
  containers()
    .filter(({ State }) => State.Running)
    .map(({ Name }) => Name.replace(/^\/tenant_(.*)_runtime$/, '$1'))
    .sort();

const level = (name: string): string | undefined =>
  containers()
    .find(({ Name }) => Name === `/tenant_${name}_runtime`)
    ?.Config.Env?.find((line) => line.startsWith('LOG_LEVEL='))
    ?.slice('LOG_LEVEL='.length);

async function removeByAnotherHand(name: string): Promise<void> {
  const found = containers().find(({ Name }) => Name === `/tenant_${name}_runtime`);
  if (found === undefined) throw new Error(`${name} has no container`);
  await world.engine.removeContainer(found.Id, { force: true });
  world.takeCalls();
}

describe('INV-6, INV-7: whatever happens to Git, the last good revision is enforced', () => {
  test('the requests of a fetch have the keys under which they fail', async () => {
    boundary.reset();
    push(definition('acme', { LOG_LEVEL: 'debug' }));
    await world.converge();
    expect(boundary.seen()).toEqual([
      'GET /info/refs?git-upload-pack#1',
      'POST /git-upload-pack#1',
      'POST /git-upload-pack#2',
    ]);
    expect(boundary.actions('POST /git-upload-pack#2')).toContain('wrong-object');
    expect(boundary.actions('POST /git-upload-pack#1')).not.toContain('wrong-object');
  });

  const [refs, pack] = ['GET /info/refs?git-upload-pack', 'POST /git-upload-pack'];
  const answers = ['refuse', 'status-401', 'status-403', 'status-500', 'status-503', 'cut'];
  const moves = ['force-push', 'lost-branch', 'empty-tree'];
  const at = (key: string, actions: readonly string[]): Fault[] =>
    actions.map((action) => ({ at: key, action }));
  const points = [
    ...at(`${refs}#*`, answers),
    ...at(`${pack}#*`, ['refuse', 'status-503', 'cut', 'corrupt-object', 'wrong-object']),
    ...at(`${refs}#1`, moves),
    ...at(`${pack}#1`, moves),
    ...at(`${pack}#2`, [...answers, ...moves, 'corrupt-object', 'wrong-object']),
  ];

  test.each(points)('$action at $at', async (fault) => {
    await outage(fault);
  });

  test('a server that hangs keeps no container from being repaired', async () => {
    push(definition('acme', { LOG_LEVEL: 'debug' }));
    boundary.reset();
    boundary.arm({ at: 'POST /git-upload-pack#1', action: 'hang' });
    const asking = world.refresh();
    await expect.poll(() => boundary.fired()).toBe(true);
    await removeByAnotherHand('globex');
    await world.settle();
    expect(running()).toEqual(['acme', 'globex', 'initech']);
    boundary.reset();
    await asking;
    await world.converge();
    expect(level('acme')).toBe('debug');
  });

  test('a rewritten branch is not followed after a restart either, also when the mirror is lost with it', async () => {
    boundary.reset();
    boundary.arm({ at: 'GET /info/refs?git-upload-pack#1', action: 'force-push' });
    await world.converge();
    world.restart();
    await world.converge();
    expect((await world.status()).source.state).toBe('rewritten');
    await rm(join(dir, 'mirror.git'), { recursive: true });
    cache = createReadCache();
    world.restart();
    await expect(world.converge()).rejects.toThrow('tenantry reconcile --accept-history');
    expect(world.takeCalls()).toEqual([]);
  });
});
