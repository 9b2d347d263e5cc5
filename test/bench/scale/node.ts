import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRepository } from '../../../desired-state/git/open.ts';
import { createReadCache, readDesired } from '../../../desired-state/read/last-good.ts';
import { FILE_MODE } from '../../../reconciler/adapters/files-digest.ts';
import { createBody, networkBody, volumeBody } from '../../../reconciler/apply/create-body.ts';
import type { Step } from '../../../reconciler/plan/step.ts';
import { startReconciler } from '../../../reconciler/start.ts';
import { managedFiles } from '../../../renderers/files.ts';
import type { Seed } from '../../support/engine-double/control.ts';
import type { DoubleOptions } from '../../support/engine-double/double.ts';
import { EngineDoubleProcess } from '../../support/engine-double/process.ts';
import type { ScaleOptions } from './reconciler-main.ts';
import { BulkRepository } from './repository.ts';
import { silent } from './silent.ts';
import { images, repositoryFiles } from './tenants.ts';

/** A node with many tenants on an engine double, converged, and the repository that asks for them. */
export class ScaleNode {
  readonly tenants: number;
  readonly name = 'worker-1';
  readonly engine: EngineDoubleProcess;
  readonly repository: BulkRepository;
  readonly #dir: string;

  private constructor(tenants: number, dir: string, engine: EngineDoubleProcess, repository: BulkRepository) {
    this.tenants = tenants;
    this.#dir = dir;
    this.engine = engine;
    this.repository = repository;
  }

  /** @param tenants how many. Close it when done. Calls take as long as on a real engine, unless `double` says otherwise */
  static async make(tenants: number, double: DoubleOptions = {}): Promise<ScaleNode> {
    const dir = await mkdtemp(join(tmpdir(), 'tenantry-scale-'));
    await using made = new AsyncDisposableStack();
    made.defer(() => rm(dir, { recursive: true, force: true }));
    const platform = `scale-${randomBytes(4).toString('hex')}`;
    const files = repositoryFiles(tenants, platform, ['worker-1']);
    const repository = await BulkRepository.make(join(dir, 'repository.git'), files);
    const engine = await EngineDoubleProcess.open({ latency: 1, ...double });
    made.defer(() => engine.close());
    for (const image of images) await engine.control.addImage(image);
    const node = new ScaleNode(tenants, dir, engine, repository);
    await node.#converge(platform);
    made.move();
    return node;
  }

  get options(): ScaleOptions {
    return {
      repo: this.repository.dir,
      node: this.name,
      dockerHost: this.engine.host,
      dataDir: join(this.#dir, 'data'),
      secretsDir: join(this.#dir, 'secrets'),
    };
  }

  /** Until nothing was asked of the engine for so long, in milliseconds. */
  async quiet(ms: number): Promise<void> {
    const { control } = this.engine;
    for (let seen = -1; seen !== (seen = await control.seq()); ) await sleep(ms);
  }

  async close(): Promise<void> {
    await this.engine.close();
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** Puts on the engine and on the disk what the reconciler's own plan for the empty node says, without its waiting. */
  async #converge(platform: string): Promise<void> {
    const more = { branch: 'main', pollMs: 3_600_000, tickMs: 3_600_000, log: silent, onEvent: () => {} };
    const reconciler = await startReconciler({ ...this.options, ...more }, 'plan');
    try {
      const { plan } = await reconciler.plan();
      await this.#writeFiles();
      const steps = [...plan.networks, ...plan.tenants.flatMap((tenant) => tenant.waves.flat())];
      await this.engine.control.seed(seedOf(steps, { platform, node: this.name }, plan.revision));
    } finally {
      await reconciler.close();
    }
  }

  async #writeFiles(): Promise<void> {
    const { repo, dataDir } = this.options;
    const repository = await openRepository({ url: repo, branch: 'main', dir: join(dataDir, 'git') });
    try {
      const revision = await repository.fetch();
      const desired = await readDesired(repository, revision, createReadCache());
      for (const { desired: tenant } of Object.values(desired.tenants)) {
        if (tenant === null) throw new Error('a tenant of the generated repository is not valid');
        const folder = join(dataDir, 'tenants', tenant.name, 'files');
        for (const [path, content] of Object.entries(managedFiles(tenant))) {
          await mkdir(dirname(join(folder, path)), { recursive: true });
          await writeFile(join(folder, path), content, { mode: FILE_MODE });
        }
      }
    } finally {
      await repository.close();
    }
  }
}

function seedOf(
  steps: readonly Step[],
  owner: { readonly platform: string; readonly node: string },
  revision: string,
): Seed {
  return {
    networks: steps.flatMap((step) =>
      step.action === 'network.create' ? [networkBody(step.network, owner)] : [],
    ),
    volumes: steps.flatMap((step) =>
      step.action === 'volume.create' ? [volumeBody(step.tenant, step.name, owner)] : [],
    ),
    containers: steps.flatMap((step) =>
      step.action === 'container.create'
        ? [{ name: step.name, body: createBody(step.spec, step.specHash, revision, new Map()) }]
        : [],
    ),
  };
}
