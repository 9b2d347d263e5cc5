import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { connectDocker } from '../../reconciler/adapters/docker.ts';
import { removeSecretsMount } from '../../reconciler/adapters/files-tmpfs.ts';
import type { ContainerInspect } from '../../reconciler/engine-api.ts';
import type { Docker } from '../../reconciler/ports.ts';
import type { OnceResult } from '../../reconciler/start.ts';
import { dockerScope } from './docker-cleanup.ts';
import { engineHost, type SecondEngine, secondEngine } from './engine.ts';
import { type Files, makeRepository } from './git-repo.ts';
import { type GitServer, startGitServer } from './git-server.ts';
import { yaml } from './host.ts';
import { linkTo } from './node-link.ts';

const commandLine = join(import.meta.dirname, '..', '..', 'deploy', 'cli', 'main.ts');

export interface Ended {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A worker: an engine, a data folder, and the way to run the command line as that machine would. */
export class WorkerNode {
  readonly name: string;
  readonly dockerHost: string;
  readonly docker: Docker;
  readonly #dir: string;
  readonly #repo: string;
  /** Begin of a command line that runs a program on that machine; empty for this one. */
  readonly #prefix: readonly string[];

  constructor(options: {
    name: string;
    dockerHost: string;
    dir: string;
    repo: string;
    prefix: readonly string[];
  }) {
    this.name = options.name;
    this.dockerHost = options.dockerHost;
    this.docker = connectDocker({ host: options.dockerHost });
    this.#dir = options.dir;
    this.#repo = options.repo;
    this.#prefix = options.prefix;
  }

  get secretsDir(): string {
    return join(this.#dir, this.name, 'secrets');
  }

  /** `tenantry reconcile --once --format json`, as a process of its own on this node. */
  async reconcile(token: string | null): Promise<Ended> {
    const dataDir = join(this.#dir, this.name, 'data');
    const where = ['--repo', this.#repo, '--node', this.name, '--docker', this.dockerHost];
    const folders = ['--data-dir', dataDir, '--secrets-dir', this.secretsDir];
    const command = [
      ...this.#prefix,
      process.execPath,
      commandLine,
      'reconcile',
      '--once',
      '--format',
      'json',
    ];
    const [program = '', ...args] = [...command, ...where, ...folders];
    const env = token === null ? {} : { TENANTRY_GIT_TOKEN: token };
    const { exitCode, stdout, stderr } = await execa(program, args, { env, reject: false, stdin: 'ignore' });
    return { code: exitCode, stdout, stderr };
  }

  /** A tenant's container by the tenant's name, or null. */
  async inspect(tenant: string): Promise<ContainerInspect | null> {
    const list = await this.docker.listContainers();
    const found = list.find(({ Names }) => Names.includes(`/tenant_${tenant}_runtime`));
    return found === undefined ? null : this.docker.inspectContainer(found.Id);
  }
}

/** Two machines with an engine each, and one repository that both fetch over HTTP with a token. */
export interface TwoNodes {
  readonly first: WorkerNode;
  readonly second: WorkerNode;
  readonly server: GitServer;
  readonly token: string;
  /** The name under which a tenant runs: nothing else on the engines has it. */
  name(tenant: string): string;
  /** Commits and pushes to where the nodes fetch from. */
  push(files: Files): string;
  /** Removes all that was made, on both engines. */
  remove(): Promise<void>;
}

export async function twoNodes(): Promise<TwoNodes> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const remove = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    return await make((cleanup) => cleanups.push(cleanup), remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

async function make(
  atEnd: (cleanup: () => Promise<unknown>) => void,
  remove: () => Promise<void>,
): Promise<TwoNodes> {
  const id = randomBytes(3).toString('hex');
  const [token, platform] = [randomBytes(12).toString('hex'), `test-two-${id}`];
  const engine: SecondEngine = await secondEngine('two-nodes');
  atEnd(() => engine.close());
  const link = await linkTo(engine.netns);
  atEnd(() => link.close());
  const repository = makeRepository(null);
  atEnd(async () => repository.remove());
  const pool = (): string => `10.${randomInt(64, 128)}.${randomInt(0, 256)}.0/24`;
  const names = { first: `worker-1-${id}`, second: `worker-2-${id}` };
  repository.commit({
    'tenantry.yaml': yaml('Platform', platform, {}),
    [`nodes/${names.first}.yaml`]: yaml('Node', names.first, { network: { pool: pool(), shards: 1 } }),
    [`nodes/${names.second}.yaml`]: yaml('Node', names.second, { network: { pool: pool(), shards: 1 } }),
  });
  const bare = repository.bare();
  const server = await startGitServer(dirname(bare), { token, address: link.address });
  atEnd(() => server.close());
  const dir = await mkdtemp(join(tmpdir(), 'tenantry-test-two-nodes-'));
  atEnd(() => rm(dir, { recursive: true, force: true }));
  const repo = `${server.url}/bare.git`;
  const first = new WorkerNode({ name: names.first, dockerHost: engineHost(), dir, repo, prefix: [] });
  const second = new WorkerNode({
    name: names.second,
    dockerHost: engine.host,
    dir,
    repo,
    prefix: engine.nsenter,
  });
  for (const node of [first, second]) {
    atEnd(() => removeSecretsMount(node.secretsDir));
    const scope = dockerScope(node.dockerHost, `tenant_t${id}`);
    scope.label(`dev.tenantry.platform=${platform}`);
    atEnd(() => scope.cleanup());
  }
  return {
    first,
    second,
    server,
    token,
    name: (tenant) => `t${id}-${tenant}`,
    push(files) {
      const revision = repository.commit(files);
      repository.git('push', '--quiet', bare, 'main');
      return revision;
    },
    remove,
  };
}

/** What `--format json` printed. */
export function parseOnce(ended: Ended): OnceResult {
  if (ended.stdout === '') throw new Error(`nothing was printed (exit ${ended.code}): ${ended.stderr}`);
  return JSON.parse(ended.stdout) as OnceResult;
}
