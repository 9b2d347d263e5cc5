import pLimit from 'p-limit';
import { isOwned, label, type Owner } from '../../renderers/labels.ts';
import type { EnvValue, SecretValue } from '../../renderers/resource.ts';
import type { ContainerSummary, ImageInspect } from '../engine-api.ts';
import { ReconcilerError } from '../errors.ts';
import type { ObservedContainer, ObservedNode, ObservedTenant } from '../plan/observed.ts';
import type { Docker, Files, SecretOpener } from '../ports.ts';
import { normaliseContainer, normaliseNetwork, normaliseVolume } from './normalise.ts';

/** How many inspects and folder reads are under way at once. */
const parallel = 16;

export interface ObserveScope {
  /** `all`: nothing is taken from the last observation. Otherwise only these tenants, and what the list shows as moved. */
  readonly tenants: 'all' | ReadonlySet<string>;
  /** Image references whose presence the plan depends on. */
  readonly images: ReadonlySet<string>;
}

/**
 * Reads a node's state: one list each of containers, networks and volumes, an inspect for each container of ours that
 * may have changed, and the managed folders. Any read that fails fails the whole observation: a world that could not
 * be seen is never an empty one.
 */
export class Observer {
  readonly #docker: Docker;
  readonly #files: Files;
  readonly #secrets: SecretOpener;
  readonly #owner: Owner;
  readonly #swapLimit: boolean;
  readonly #containers = new Map<
    string,
    { readonly summary: string; readonly observed: ObservedContainer }
  >();
  readonly #folders = new Map<string, Pick<ObservedTenant, 'files' | 'secretFiles'>>();
  /** Inspects by image id: what an id names never changes. */
  readonly #images = new Map<string, ImageInspect | null>();

  /** @param swapLimit whether the engine can limit swap; where it cannot, swap is not compared */
  constructor(
    ports: { docker: Docker; files: Files; secrets: SecretOpener },
    owner: Owner,
    swapLimit: boolean,
  ) {
    this.#docker = ports.docker;
    this.#files = ports.files;
    this.#secrets = ports.secrets;
    this.#owner = owner;
    this.#swapLimit = swapLimit;
  }

  async observe(scope: ObserveScope): Promise<ObservedNode> {
    const [summaries, networks, volumes, images] = await Promise.all([
      this.#docker.listContainers(),
      this.#docker.listNetworks(),
      this.#docker.listVolumes(),
      this.#presentImages(scope.images),
    ]);
    const ours = summaries.filter((summary) => isOurs(summary, this.#owner));
    const limit = pLimit(parallel);
    const containers = await Promise.all(ours.map((summary) => limit(() => this.#container(summary, scope))));
    this.#forgetAllBut(new Set(ours.map((summary) => summary.Id)));
    return {
      tenants: await this.#tenants(
        containers.filter((container) => container !== null),
        scope,
      ),
      networks: networks.map((network) => normaliseNetwork(network, this.#owner)),
      volumes: volumes.map((volume) => normaliseVolume(volume, this.#owner)),
      strangers: strangersOf(summaries, this.#owner),
      images,
    };
  }

  /** Null when the container went away between the list and the inspect. */
  async #container(summary: ContainerSummary, scope: ObserveScope): Promise<ObservedContainer | null> {
    const tenant = summary.Labels?.[label.tenant] ?? '';
    const known = this.#containers.get(summary.Id);
    const shown = `${summary.Names.join()} ${summary.State}`;
    if (known?.summary === shown && scope.tenants !== 'all' && !scope.tenants.has(tenant))
      return known.observed;
    try {
      const inspect = await this.#docker.inspectContainer(summary.Id);
      const image = await this.#image(inspect.Image);
      if (inspect.Config.Labels?.[label.tenant] !== tenant) throw contradiction(summary);
      const found = normaliseContainer(inspect, image, (name, value) =>
        this.#fingerprint(tenant, name, value),
      );
      const observed = this.#swapLimit ? found : withoutSwap(found);
      this.#containers.set(summary.Id, { summary: shown, observed });
      return observed;
    } catch (error) {
      if (error instanceof ReconcilerError && error.code === 'docker/not-found') return null;
      throw error;
    }
  }

  async #image(id: string): Promise<ImageInspect | null> {
    const known = this.#images.get(id);
    if (known !== undefined) return known;
    const image = await this.#docker.inspectImage(id);
    // An image that is missing now may come back under the same id.
    if (image !== null) this.#images.set(id, image);
    return image;
  }

  async #presentImages(refs: ReadonlySet<string>): Promise<Record<string, boolean>> {
    const entries = await Promise.all(
      [...refs].map(
        async (ref): Promise<[string, boolean]> => [ref, (await this.#docker.inspectImage(ref)) !== null],
      ),
    );
    return Object.fromEntries(entries);
  }

  async #tenants(
    containers: readonly ObservedContainer[],
    scope: ObserveScope,
  ): Promise<Record<string, ObservedTenant>> {
    const byTenant = Map.groupBy(containers, (container) => container.spec.labels[label.tenant] ?? '');
    const names = new Set([...byTenant.keys(), ...(await this.#files.tenants())]);
    names.delete('');
    const limit = pLimit(parallel);
    const entries = await Promise.all(
      [...names].sort().map((name) =>
        limit(async (): Promise<[string, ObservedTenant]> => {
          const folders = await this.#folder(name, scope);
          return [name, { containers: byTenant.get(name) ?? [], ...folders }];
        }),
      ),
    );
    for (const name of this.#folders.keys()) if (!names.has(name)) this.#folders.delete(name);
    return Object.fromEntries(entries);
  }

  async #folder(tenant: string, scope: ObserveScope): Promise<Pick<ObservedTenant, 'files' | 'secretFiles'>> {
    const known = this.#folders.get(tenant);
    if (known !== undefined && scope.tenants !== 'all' && !scope.tenants.has(tenant)) return known;
    const [files, secrets] = await Promise.all([
      this.#files.digests(tenant),
      this.#files.readSecrets(tenant),
    ]);
    const secretFiles =
      secrets === null
        ? null
        : Object.fromEntries(
            [...secrets].map(([name, value]): [string, SecretValue] => [
              name,
              this.#secretValue(tenant, name, value),
            ]),
          );
    const folders = { files, secretFiles };
    this.#folders.set(tenant, folders);
    return folders;
  }

  #fingerprint(tenant: string, name: string, value: string): EnvValue {
    return this.#secretValue(tenant, name, Buffer.from(value));
  }

  #secretValue(tenant: string, name: string, value: Uint8Array): SecretValue {
    return { secret: name, fingerprint: this.#secrets.fingerprint(tenant, name, value) };
  }

  #forgetAllBut(ids: ReadonlySet<string>): void {
    for (const id of this.#containers.keys()) if (!ids.has(id)) this.#containers.delete(id);
  }
}

/** A container that names no tenant is nobody's here, and so a stranger: it stands in the way and is not touched. */
function isOurs({ Labels: labels }: ContainerSummary, owner: Owner): boolean {
  return isOwned(labels, owner) && (labels?.[label.tenant] ?? '') !== '';
}

/** Labels never change: one of the two answers is wrong, and a tenant would be seen without its container. */
function contradiction({ Id }: ContainerSummary): ReconcilerError {
  const message = `the engine lists container ${Id.slice(0, 12)} with other labels than it shows of it`;
  return new ReconcilerError('docker/failed', message, { retry: 'backoff' });
}

function strangersOf(summaries: readonly ContainerSummary[], owner: Owner): Record<string, string> {
  const strangers = summaries.filter((summary) => !isOurs(summary, owner));
  return Object.fromEntries(
    strangers.flatMap(({ Id, Names }) => Names.map((name) => [name.replace(/^\//, ''), Id])),
  );
}

/** As if swap were limited as it must be: an engine that cannot limit it would differ for ever. */
function withoutSwap(container: ObservedContainer): ObservedContainer {
  return { ...container, spec: { ...container.spec, memorySwapBytes: container.spec.memoryBytes } };
}
