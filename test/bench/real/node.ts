import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import type { ContainerSummary } from '../../../reconciler/engine-api.ts';
import type { NodeStatus } from '../../../reconciler/report/status.ts';
import type { OnceResult } from '../../../reconciler/start.ts';
import type { CliProcess } from '../../support/cli-process.ts';
import { ensureBusyboxImage } from '../../support/docker-image.ts';
import { type SecondEngine, secondEngine } from '../../support/engine.ts';
import { TestHost, yaml } from '../../support/host.ts';
import { startReconcilerProcess } from '../../support/reconciler-process.ts';
import { nodeWhen, statusDocumentOf } from '../../support/watched.ts';
import { webTenant } from '../../support/web-tenant.ts';

const command = join(import.meta.dirname, '..', '..', '..', 'deploy', 'cli', 'tenantry.mjs');
const healthPort = '9464';
const boundMs = 600_000;

export interface ContainerRun {
  readonly name: string;
  readonly id: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly address: string;
}

/** A worker with an engine of its own, which asks for tenants that answer health checks. */
export class RealNode {
  readonly engine: SecondEngine;
  readonly host: TestHost;
  readonly tenants: readonly string[];
  readonly #images: readonly [string, string];

  private constructor(engine: SecondEngine, host: TestHost, size: number, images: readonly [string, string]) {
    this.engine = engine;
    this.host = host;
    this.#images = images;
    this.tenants = Array.from({ length: size }, (_, index) => `n${String(index + 1).padStart(3, '0')}`);
  }

  /** @param engine stays the caller's to close; its containers go with the node's `remove` */
  static async make(engine: SecondEngine, size: number): Promise<RealNode> {
    const images = [
      await ensureBusyboxImage(undefined, engine.host),
      await ensureBusyboxImage('tenantry-test/busybox:v2.0.0', engine.host),
    ] as const;
    const node = new RealNode(engine, await TestHost.make(engine.host), size, images);
    const files = node.tenants.map((tenant): [string, string] => node.#definition(tenant, images[0]));
    const network = { pool: spaciousPool(), shards: 1 };
    const own: [string, string] = [`nodes/${node.host.node}.yaml`, yaml('Node', node.host.node, { network })];
    node.host.commit(Object.fromEntries([own, ...files]), `add ${size} tenants`);
    return node;
  }

  /** `tenantry reconcile --once`, as a process on that node. @throws when not all is in sync then */
  async once(): Promise<{ readonly result: OnceResult; readonly ms: number }> {
    const { repo, node, dataDir, secretsDir } = this.host.options();
    const where = ['--repo', repo, '--node', node, '--data-dir', dataDir, '--secrets-dir', secretsDir];
    const call = [command, 'reconcile', '--once', '--format', 'json', '--docker', this.engine.host, ...where];
    const [program = '', ...args] = [...this.engine.nsenter, process.execPath, ...call];
    const began = performance.now();
    const { stdout } = await execa(program, args, { detached: true });
    return { ms: performance.now() - began, result: JSON.parse(stdout) as OnceResult };
  }

  /** `tenantry reconcile`, with its health port open on that node. */
  start(): CliProcess {
    return startReconcilerProcess(this.host, { engine: this.engine, more: ['--health-port', healthPort] });
  }

  /** Changing Docker calls of the running reconciler since its start. */
  async changingCalls(): Promise<number> {
    const question = `fetch('http://127.0.0.1:${healthPort}/metrics').then(async (r) => console.log(await r.text()))`;
    const [program = '', ...args] = [...this.engine.nsenter, process.execPath, '--eval', question];
    const { stdout } = await execa(program, args);
    const shown = /^tenantry_docker_calls_total\{kind="change"\} (\d+)$/m.exec(stdout)?.[1];
    if (shown === undefined) throw new Error('the health port does not tell the changing calls');
    return Number(shown);
  }

  /** Until a status that was written after `since` says that all is in sync and serves. @throws with what is not */
  async inSync(since: number): Promise<void> {
    try {
      await this.#inSync(since);
    } catch (error) {
      throw new Error(`in vain: ${await this.#whatIsNot()}`, { cause: error });
    }
  }

  #inSync(since: number): Promise<NodeStatus> {
    return nodeWhen(
      this.host,
      `${this.tenants.length} tenants are in sync`,
      ({ at, trouble, tenants }) =>
        at > since &&
        trouble === null &&
        tenants.length === this.tenants.length &&
        tenants.every(({ phase, health }) => phase === 'InSync' && health.state === 'healthy'),
      boundMs,
    );
  }

  /** Until that tenant is in sync at that revision. */
  async inSyncAt(tenant: string, revision: string): Promise<void> {
    const name = this.host.name(tenant);
    await nodeWhen(
      this.host,
      `${tenant} is in sync at ${revision}`,
      ({ tenants }) =>
        tenants.some((one) => one.tenant === name && one.phase === 'InSync' && one.revision === revision),
      boundMs,
    );
  }

  commitPrompt(tenant: string, text: string): string {
    return this.host.commit({
      [`tenants/${this.host.name(tenant)}/prompts/greeting.yaml`]: yaml('Prompt', 'greeting', { text }),
    });
  }

  commitImage(tenant: string): string {
    const [path, text] = this.#definition(tenant, this.#images[1]);
    return this.host.commit({ [path]: text });
  }

  /** Every container of the node as it runs now, by name. */
  async runs(): Promise<readonly ContainerRun[]> {
    const { docker } = this.host;
    const list: readonly ContainerSummary[] = await docker.listContainers();
    const runs: ContainerRun[] = [];
    for (const { Id } of list) {
      const { Name, State, NetworkSettings } = await docker.inspectContainer(Id);
      const address = Object.values(NetworkSettings.Networks ?? {})[0]?.IPAddress ?? '';
      runs.push({ name: Name, id: Id, pid: State.Pid, startedAt: State.StartedAt, address });
    }
    return runs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** How many tenants are in each phase and state, and the first reason that one gives. */
  async #whatIsNot(): Promise<string> {
    const status = await statusDocumentOf(this.host);
    if (status === null) return 'the reconciler has written no status';
    const kinds = Map.groupBy(
      status.tenants,
      ({ phase, state, health }) => `${phase} ${state} ${health.state}`,
    );
    const counts = [...kinds].map(([kind, those]) => `${those.length} ${kind}`).join(', ');
    const first = status.tenants.find(({ phase }) => phase !== 'InSync');
    const why =
      first?.reason ?? status.tenants.find(({ health }) => health.state !== 'healthy')?.health.detail;
    return `${counts}; ${status.trouble?.message ?? why ?? 'no reason is given'}`;
  }

  #definition(tenant: string, image: string): [string, string] {
    const name = this.host.name(tenant);
    const spec = { owner: 'ops@example.com', node: this.host.node, ...webTenant(image) };
    return [`tenants/${name}/tenant.yaml`, yaml('Tenant', name, spec)];
  }
}

/** Room for a thousand: an engine that restarts may give new addresses before it has let go of the old ones. */
function spaciousPool(): string {
  return `10.${randomInt(64, 128)}.${4 * randomInt(0, 64)}.0/22`;
}

/** @param liveRestore whether containers are to run on while the daemon is away */
export function engineFor(liveRestore: boolean): Promise<SecondEngine> {
  return secondEngine('bench', { 'live-restore': liveRestore });
}
