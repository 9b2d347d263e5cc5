import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildRuntimeImage } from '../../deploy/images/build.ts';
import { connectDocker } from '../../reconciler/adapters/docker.ts';
import { removeSecretsMount } from '../../reconciler/adapters/files-tmpfs.ts';
import type { ContainerInspect } from '../../reconciler/engine-api.ts';
import { ReconcilerError } from '../../reconciler/errors.ts';
import type { ProgressEvent } from '../../reconciler/options.ts';
import type { Docker } from '../../reconciler/ports.ts';
import type { TenantStatus } from '../../reconciler/report/status.ts';
import { type OnceResult, type StartOptions, startReconciler } from '../../reconciler/start.ts';
import { dockerScope } from './docker-cleanup.ts';
import { type Files, type FixtureRepository, makeRepository } from './git-repo.ts';
import { quiet } from './sandbox.ts';

/** A pinned image of the reference runtime; `version` makes another one, `unhealthy` one that never becomes healthy. */
export async function runtimeImage(version: string, unhealthy = false): Promise<string> {
  const { ref } = await buildRuntimeImage({ version, ...(unhealthy ? { env: { UNHEALTHY: '1' } } : {}) });
  return ref;
}

/** One worker on the real engine, fed by a real repository. Everything it makes bears names of its own. */
export class TestHost {
  readonly docker: Docker;
  readonly repository: FixtureRepository;
  readonly platform: string;
  /** Of its own, too: two reconcilers of one node on one engine would refuse each other. */
  readonly node: string;
  readonly dir: string;
  readonly #prefix: string;
  readonly #dockerHost: string | undefined;
  /** Addresses for its networks, a /24 of its own. */
  readonly pool = `10.${randomInt(64, 128)}.${randomInt(0, 256)}.0/24`;

  private constructor(
    dir: string,
    repository: FixtureRepository,
    dockerHost: string | undefined,
    prefix: string,
  ) {
    this.dir = dir;
    this.repository = repository;
    this.#prefix = prefix;
    this.platform = `test-${prefix}`;
    this.node = `worker-${prefix}`;
    this.#dockerHost = dockerHost;
    this.docker = connectDocker(dockerHost === undefined ? {} : { host: dockerHost });
  }

  static async make(dockerHost?: string): Promise<TestHost> {
    const dir = await mkdtemp(join(tmpdir(), 'tenantry-host-'));
    const prefix = `t${randomBytes(3).toString('hex')}`;
    const host = new TestHost(dir, makeRepository(null), dockerHost, prefix);
    host.commit({
      'tenantry.yaml': yaml('Platform', host.platform, {}),
      [`nodes/${host.node}.yaml`]: yaml('Node', host.node, { network: { pool: host.pool, shards: 1 } }),
    });
    return host;
  }

  /** The name under which a tenant of this host runs: no other test's engine state can meet it. */
  name(tenant: string): string {
    return `${this.#prefix}-${tenant}`;
  }

  container(tenant: string): string {
    return `tenant_${this.name(tenant)}_runtime`;
  }

  commit(files: Files, message?: string): string {
    return this.repository.commit(files, message);
  }

  /** Commits a tenant's definition. */
  tenant(tenant: string, spec: Record<string, unknown>, more: Files = {}): string {
    const name = this.name(tenant);
    const defaults = { owner: 'ops@example.com', node: this.node };
    const own = Object.fromEntries(
      Object.entries(more).map(([path, text]) => [`tenants/${name}/${path}`, text]),
    );
    return this.commit({
      [`tenants/${name}/tenant.yaml`]: yaml('Tenant', name, { ...defaults, ...spec }),
      ...own,
    });
  }

  removeTenants(...tenants: string[]): string {
    for (const tenant of tenants) this.repository.git('rm', '-rq', `tenants/${this.name(tenant)}`);
    this.repository.git('commit', '-qm', `remove ${tenants.join(', ')}`);
    return this.repository.revision();
  }

  options(more: Partial<StartOptions> = {}): StartOptions {
    return {
      repo: this.repository.dir,
      branch: 'main',
      node: this.node,
      dataDir: join(this.dir, 'data'),
      secretsDir: join(this.dir, 'secrets'),
      pollMs: 60_000,
      tickMs: 60_000,
      log: quiet,
      onEvent: () => {},
      ...(this.#dockerHost === undefined ? {} : { dockerHost: this.#dockerHost }),
      ...more,
    };
  }

  /** Converges once, as a process of its own would. */
  async once(more: Partial<StartOptions> = {}): Promise<OnceResult> {
    const reconciler = await startReconciler(this.options(more), 'reconcile');
    try {
      return await reconciler.once(new AbortController().signal);
    } finally {
      await reconciler.close();
    }
  }

  /** Reconciles in the background until `stop` is called. */
  async run(more: Partial<StartOptions> = {}): Promise<{ stop(): Promise<void>; events: ProgressEvent[] }> {
    const events: ProgressEvent[] = [];
    const reconciler = await startReconciler(
      this.options({ onEvent: (event) => events.push(event), ...more }),
      'reconcile',
    );
    const abort = new AbortController();
    const running = reconciler.run(abort.signal);
    return {
      events,
      stop: async () => {
        abort.abort(new Error('the test ends'));
        await running;
        await reconciler.close();
      },
    };
  }

  /** A tenant's container, or null. */
  async inspect(tenant: string): Promise<ContainerInspect | null> {
    const list = await this.docker.listContainers();
    const found = list.find(({ Names }) => Names.includes(`/${this.container(tenant)}`));
    if (found === undefined) return null;
    return this.docker.inspectContainer(found.Id).catch((error: unknown) => {
      if (error instanceof ReconcilerError && error.code === 'docker/not-found') return null;
      throw error;
    });
  }

  /** The container's id and the beginning of its run: both stay as they are where nothing was to be done. */
  async identity(tenant: string): Promise<{ id: string; startedAt: string }> {
    const inspect = await this.inspect(tenant);
    if (inspect === null) throw new Error(`${tenant} has no container`);
    return { id: inspect.Id, startedAt: inspect.State.StartedAt };
  }

  /** What the tenant's runtime answers, as parsed JSON. */
  async ask(tenant: string, path: string): Promise<unknown> {
    const inspect = await this.inspect(tenant);
    const [network] = Object.values(inspect?.NetworkSettings.Networks ?? {});
    const response = await fetch(`http://${network?.IPAddress}:8080${path}`);
    return response.json();
  }

  /** Removes all that bears this host's labels, and its folders; also after a failed test. */
  async remove(): Promise<void> {
    await this.#cleanEngine();
    await this.removeFolders();
  }

  /** For a host whose engine is gone with all that it had. */
  async removeFolders(): Promise<void> {
    await removeSecretsMount(join(this.dir, 'secrets'));
    await rm(this.dir, { recursive: true, force: true });
    this.repository.remove();
  }

  async #cleanEngine(): Promise<void> {
    const scope = dockerScope(this.#dockerHost, `tenant_${this.#prefix}`);
    scope.label(`dev.tenantry.platform=${this.platform}`);
    await scope.cleanup();
  }
}

/** The health check of the reference runtime, quick enough for tests. */
export const health = {
  http: { path: '/api/health', port: 8080 },
  interval: '300ms',
  timeout: '2s',
  retries: 3,
  startPeriod: '3s',
};

/** A document of the language. JSON is YAML, and reads well enough in a test. */
export function yaml(kind: string, name: string, spec: unknown): string {
  return `${JSON.stringify({ apiVersion: 'tenantry.dev/v1', kind, metadata: { name }, spec }, null, 2)}\n`;
}

export function statusOf(result: OnceResult, name: string): TenantStatus {
  const status = result.status.tenants.find((candidate) => candidate.tenant === name);
  if (status === undefined) throw new Error(`no status of ${name}`);
  return status;
}
