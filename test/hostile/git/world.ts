import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { GitLimits } from '../../../desired-state/git/limits.ts';
import { type Adapter, openRepository } from '../../../desired-state/git/open.ts';
import type { Repository } from '../../../desired-state/git/port.ts';
import { createReadCache, readDesired } from '../../../desired-state/read/last-good.ts';
import type { NodeStatus } from '../../../reconciler/report/status.ts';
import { yaml } from '../../support/host.ts';
import { Sandbox } from '../../support/sandbox.ts';
import { allowedFor, longestBlock } from '../heartbeat.ts';
import { HostileRemote } from './hostile-remote.ts';
import { type Item, rawCommit, rawObject, rawTree, sorted } from './objects.ts';

export const adapters: readonly Exclude<Adapter, 'auto'>[] = ['binary', 'isomorphic'];

export const TOKEN = 'canary-t0ken';

/** What a hostile state of the branch led to. */
export interface Outcome {
  readonly calls: readonly string[];
  readonly source: NodeStatus['source'];
  /** The revision that is followed, in what is valid of it. */
  readonly revision: string | null;
  /** All that a person is told: the state of the source, and the findings with their places. */
  readonly told: string;
  readonly blockedMs: number;
}

/** A converged fleet of one tenant over doubles, that follows a hostile remote through one adapter. */
export class HostileWorld {
  readonly remote: HostileRemote;
  readonly repository: Repository;
  readonly sandbox: Sandbox;
  readonly dir: string;
  #good = '';
  #count = 0;

  private constructor(dir: string, remote: HostileRemote, repository: Repository) {
    this.dir = dir;
    this.remote = remote;
    this.repository = repository;
    const cache = createReadCache();
    this.sandbox = new Sandbox({
      followed: { repository, read: (revision) => readDesired(repository, revision, cache) },
    });
  }

  static async make(adapter: Adapter, limits: Partial<GitLimits> = {}): Promise<HostileWorld> {
    const dir = await mkdtemp(join(tmpdir(), 'tenantry-hostile-'));
    await mkdir(join(dir, 'mirror'));
    await writeFile(join(dir, 'neighbour'), 'untouched\n');
    const remote = await HostileRemote.start();
    const url = `${remote.url}/state.git`;
    const repository = await openRepository({
      url,
      branch: 'main',
      dir: join(dir, 'mirror'),
      token: TOKEN,
      adapter,
      limits,
    });
    const world = new HostileWorld(dir, remote, repository);
    world.publishGood();
    remote.prepare();
    await world.sandbox.converge();
    const first = (await world.sandbox.status()).source;
    expect(first).toMatchObject({ state: 'ok', detail: '' });
    expect(world.sandbox.takeCalls()).not.toEqual([]);
    await world.sandbox.converge();
    expect(world.sandbox.takeCalls()).toEqual([]);
    return world;
  }

  /** The last good commit. */
  get good(): string {
    return this.#good;
  }

  /** Entries of the root of a good revision; `acme` are the entries of the tenant's folder. */
  root(more: { readonly acme?: readonly Item[]; readonly tenants?: readonly Item[] } = {}): readonly Item[] {
    const { remote } = this;
    const file = (kind: string, name: string, spec: unknown): string =>
      remote.add(rawObject('blob', yaml(kind, name, spec)));
    const folder = (items: readonly Item[]): string => remote.add(rawTree(sorted(items)));
    const spec = {
      owner: 'ops@example.com',
      node: 'worker-1',
      image: 'registry.example.com/runtime:v1.0.0',
      runtime: { env: { COUNT: String(this.#count) } },
    };
    const acme = folder([['100644', 'tenant.yaml', file('Tenant', 'acme', spec)], ...(more.acme ?? [])]);
    const network = { pool: '10.210.0.0/16', shards: 4 };
    return [
      ['100644', 'tenantry.yaml', file('Platform', 'test', {})],
      ['40000', 'nodes', folder([['100644', 'worker-1.yaml', file('Node', 'worker-1', { network })]])],
      ['40000', 'tenants', folder([['40000', 'acme', acme], ...(more.tenants ?? [])])],
    ];
  }

  /** Puts the branch at a new good commit on top of `parent`. Each differs from those before it. */
  publishGood(parent: string | null = this.#good === '' ? null : this.#good): string {
    this.#count += 1;
    this.#good = this.publish(rawTree(sorted(this.root())).content, parent === null ? [] : [parent]);
    return this.#good;
  }

  /** Puts the branch at a commit of this tree, checked by nobody. */
  publish(
    tree: Buffer,
    parents: readonly string[] = [this.#good],
    parts: Parameters<typeof rawCommit>[2] = {},
  ): string {
    const oid = this.remote.add(rawObject('tree', tree));
    this.remote.head = this.remote.add(rawCommit(oid, parents, parts));
    return this.remote.head;
  }

  /** What the reconciler does about the branch as it is now. */
  async attempt(): Promise<Outcome> {
    this.remote.prepare();
    const { value, ms: blockedMs } = await longestBlock(async () => {
      await this.sandbox.converge();
      return this.sandbox.status();
    });
    const { source, revision, problems } = value;
    const findings = problems.map(
      ({ path, line, column, message }) => `${path}:${line}:${column}: ${message}`,
    );
    const told = [source.detail, ...findings].join('\n');
    return { calls: this.sandbox.takeCalls(), source, revision, told, blockedMs };
  }

  /** Objects of the mirror that are files of their own: a fetch makes none. */
  async looseObjects(): Promise<readonly string[]> {
    const names = await readdir(join(this.dir, 'mirror', 'mirror.git', 'objects'), { recursive: true });
    return names.filter((name) => /^[0-9a-f]{2}\/./.test(name));
  }

  /** The next good commit is applied, and nothing but the mirror was written. */
  async recovers(parent: string = this.good): Promise<void> {
    this.remote.handler = null;
    this.remote.pack = null;
    const head = this.publishGood(parent);
    const { calls, source } = await this.attempt();
    expect(source).toMatchObject({ state: 'ok' });
    expect(calls.length, `nothing was done about ${head}`).toBeGreaterThan(0);
    expect((await readdir(this.dir)).toSorted()).toEqual(['mirror', 'neighbour']);
    expect(existsSync('/tmp/tenantry-pwned')).toBe(false);
  }

  async remove(): Promise<void> {
    await this.repository.close();
    await this.remote.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** Nothing changed, the loop was free, and the status says what is wrong. */
export function expectInert(outcome: Outcome, states: readonly string[], says: RegExp): void {
  expect(outcome.calls).toEqual([]);
  expect(states).toContain(outcome.source.state);
  expect(outcome.told).toMatch(says);
  expect(outcome.told).not.toContain(TOKEN);
  expect(outcome.blockedMs).toBeLessThan(allowedFor(outcome.blockedMs));
}
