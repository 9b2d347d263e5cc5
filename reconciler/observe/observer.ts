import { withChanged } from '../../desired-state/changed-names.ts';
import { isOwned, label, type Owner } from '../../renderers/labels.ts';
import { tenantOfName } from '../../renderers/names.ts';
import type { SecretValue, TenantResources } from '../../renderers/resource.ts';
import { emptyRecord } from '../../schemas/own.ts';
import type { NetworkInspect, VolumeInspect } from '../engine-api.ts';
import { isGone } from '../errors.ts';
import { takenNames } from '../plan/conflicts.ts';
import {
  nothingObserved,
  type ObservedContainer,
  type ObservedNetwork,
  type ObservedNode,
  type ObservedTenant,
  type ObservedVolume,
} from '../plan/observed.ts';
import type { Docker, Files, SecretOpener } from '../ports.ts';
import { ContainerReader, type Listed } from './containers.ts';
import { FolderReader } from './folders.ts';
import { keptValue, keptVolumes, sameTenant, withVolumes } from './kept.ts';
import { normaliseNetwork, normaliseVolume } from './normalise.ts';

/** Up to so many tenants are listed one by one; more are looked for in a list of all. */
const oneByOne = 32;

export interface ObserveScope {
  /** `all`: nothing is taken from the last observation. Otherwise these tenants only, and the node's networks. */
  readonly tenants: 'all' | ReadonlySet<string>;
  /** What the tenants are to have: the images and volumes on which their plans depend. */
  readonly wanted: Readonly<Record<string, TenantResources>>;
  /** Image references of all of them. */
  readonly images: ReadonlySet<string>;
}

/**
 * Reads a node's state. A look at everything is one list each of containers, networks and volumes, an inspect for each
 * container of ours, and the managed folders; a look at some tenants reads what is theirs, and the rest is as it was
 * read last. Any read that fails fails the whole observation: a world that could not be seen is never an empty one.
 *
 * What did not change is the same object as in the observation before.
 */
export class Observer {
  readonly #docker: Docker;
  readonly #owner: Owner;
  readonly #containers: ContainerReader;
  readonly #folders: FolderReader;
  #last: ObservedNode | null = null;

  /** @param swapLimit whether the engine can limit swap; where it cannot, swap is not compared */
  constructor(
    ports: { docker: Docker; files: Files; secrets: SecretOpener },
    owner: Owner,
    swapLimit: boolean,
  ) {
    const fingerprint = (tenant: string, name: string, value: Uint8Array): SecretValue => ({
      secret: name,
      fingerprint: ports.secrets.fingerprint(tenant, name, value),
    });
    this.#docker = ports.docker;
    this.#owner = owner;
    this.#containers = new ContainerReader(ports.docker, fingerprint, swapLimit);
    this.#folders = new FolderReader(ports.files, fingerprint);
  }

  /** The tenant that a container belongs to, as last observed. */
  tenantOf(containerId: string): string | null {
    return this.#containers.tenantOf(containerId);
  }

  async observe(scope: ObserveScope): Promise<ObservedNode> {
    const last = this.#last;
    this.#last =
      scope.tenants === 'all' || last === null
        ? await this.#all(scope, last)
        : await this.#some(scope, scope.tenants, last);
    return this.#last;
  }

  async #all(scope: ObserveScope, last: ObservedNode | null): Promise<ObservedNode> {
    const [summaries, networks, volumes, images] = await Promise.all([
      this.#docker.listContainers(),
      this.#docker.listNetworks(),
      this.#allVolumes(last),
      this.#presentImages(scope.images),
    ]);
    const [containers, folders] = await Promise.all([
      this.#containers.read(this.#ours(summaries)),
      this.#folders.readAll(),
    ]);
    this.#containers.forgetAllBut(containers);
    const byTenant = Map.groupBy(containers, tenantOfContainer);
    const tenants = emptyRecord<ObservedTenant>();
    for (const name of [...new Set([...byTenant.keys(), ...folders.keys()])].sort()) {
      const read = tenantFrom(byTenant.get(name), folders.get(name));
      if (read !== null) tenants[name] = sameTenant(last?.tenants[name], read);
    }
    return {
      tenants,
      networks: keptValue(last?.networks, networks.map(this.#network)),
      volumes,
      strangers: keptValue(last?.strangers, this.#strangersIn(summaries)),
      images: keptValue(last?.images, images),
    };
  }

  async #some(scope: ObserveScope, names: ReadonlySet<string>, last: ObservedNode): Promise<ObservedNode> {
    const wanted = [...names].flatMap((name) => scope.wanted[name] ?? []);
    const whole = names.size > oneByOne;
    const [listed, networks, volumes, images] = await Promise.all([
      whole ? this.#docker.listContainers() : this.#listOf(names),
      this.#docker.listNetworks(),
      whole ? this.#allVolumes(last) : this.#volumesOf(wanted, last),
      this.#presentImages(new Set(wanted.map(({ container }) => container.spec.image))),
    ]);
    const theirs = this.#ours(listed).filter(({ Labels }) => names.has(Labels?.[label.tenant] ?? ''));
    const [containers, folders] = await Promise.all([
      this.#containers.read(theirs),
      this.#folders.read([...names]),
    ]);
    const before = [...names].flatMap((name) => last.tenants[name]?.containers ?? []);
    this.#containers.forget(before, containers);
    const strangers = whole
      ? this.#strangersIn(listed)
      : { ...withoutNamesOf(names, last.strangers), ...this.#strangersIn(listed) };
    return {
      tenants: withTenants(last.tenants, names, Map.groupBy(containers, tenantOfContainer), folders),
      networks: keptValue(last.networks, networks.map(this.#network)),
      volumes,
      strangers: keptValue(last.strangers, strangers),
      images: keptValue(last.images, { ...last.images, ...images }),
    };
  }

  /**
   * What bears the tenants' labels, and what bears a name that they need. Names are asked for one by one: an engine that
   * lists by name tries an expression on every container that it has.
   */
  async #listOf(names: ReadonlySet<string>): Promise<readonly Listed[]> {
    const { platform, node } = this.#owner;
    const lists = await Promise.all(
      [...names].flatMap((name) => [
        this.#docker.listContainers({
          labels: [`${label.platform}=${platform}`, `${label.node}=${node}`, `${label.tenant}=${name}`],
        }),
        ...takenNames(name).map((taken) => this.#calledSo(taken)),
      ]),
    );
    return [...new Map(lists.flat().map((each) => [each.Id, each])).values()];
  }

  async #calledSo(name: string): Promise<readonly Listed[]> {
    try {
      const { Id, Name, Config } = await this.#docker.inspectContainer(name);
      return [{ Id, Names: [Name], Labels: Config.Labels }];
    } catch (error) {
      if (isGone(error)) return [];
      throw error;
    }
  }

  async #allVolumes(last: ObservedNode | null): Promise<ObservedNode['volumes']> {
    return keptVolumes(last?.volumes, (await this.#docker.listVolumes()).map(this.#volume));
  }

  /** The volumes that tenants are to have, one by one, and all others as they were. */
  async #volumesOf(wanted: readonly TenantResources[], last: ObservedNode): Promise<ObservedNode['volumes']> {
    const names = wanted.flatMap(({ volumes }) => volumes.map(({ name }) => name));
    const found = await Promise.all(
      names.map(async (name): Promise<[string, ObservedVolume | null]> => {
        const volume = await this.#docker.inspectVolume(name);
        return [name, volume === null ? null : this.#volume(volume)];
      }),
    );
    return withVolumes(last.volumes, new Map(found));
  }

  async #presentImages(refs: ReadonlySet<string>): Promise<Record<string, boolean>> {
    const entries = await Promise.all(
      [...refs].map(
        async (ref): Promise<[string, boolean]> => [ref, (await this.#docker.inspectImage(ref)) !== null],
      ),
    );
    return Object.fromEntries(entries);
  }

  #ours(summaries: readonly Listed[]): Listed[] {
    return summaries.filter((summary) => isOurs(summary, this.#owner));
  }

  #strangersIn(summaries: readonly Listed[]): Record<string, string> {
    const strangers = summaries.filter((summary) => !isOurs(summary, this.#owner));
    return Object.fromEntries(
      strangers.flatMap(({ Id, Names }) => Names.map((name) => [name.replace(/^\//, ''), Id])),
    );
  }

  #network = (network: NetworkInspect): ObservedNetwork => normaliseNetwork(network, this.#owner);
  #volume = (volume: VolumeInspect): ObservedVolume => normaliseVolume(volume, this.#owner);
}

/** A container that names no tenant is nobody's here, and so a stranger: it stands in the way and is not touched. */
function isOurs({ Labels: labels }: Listed, owner: Owner): boolean {
  return isOwned(labels, owner) && (labels?.[label.tenant] ?? '') !== '';
}

function tenantOfContainer(container: ObservedContainer): string {
  return container.spec.labels[label.tenant] ?? '';
}

function withoutNamesOf(
  tenants: ReadonlySet<string>,
  strangers: ObservedNode['strangers'],
): Record<string, string> {
  const others = Object.entries(strangers).filter(([name]) => !tenants.has(tenantOfName(name) ?? ''));
  return Object.fromEntries(others);
}

/** The tenants of the last observation, with those that were read anew. */
function withTenants(
  before: ObservedNode['tenants'],
  names: ReadonlySet<string>,
  containers: ReadonlyMap<string, readonly ObservedContainer[]>,
  folders: ReadonlyMap<string, Pick<ObservedTenant, 'files' | 'secretFiles'>>,
): ObservedNode['tenants'] {
  const changes = new Map<string, ObservedTenant | undefined>();
  for (const name of names) {
    const read = tenantFrom(containers.get(name), folders.get(name));
    changes.set(name, read === null ? undefined : sameTenant(before[name], read));
  }
  return withChanged(before, changes);
}

/** Null for a tenant that has nothing on the node. */
function tenantFrom(
  containers: readonly ObservedContainer[] = [],
  { files, secretFiles }: Pick<ObservedTenant, 'files' | 'secretFiles'> = nothingObserved,
): ObservedTenant | null {
  if (containers.length === 0 && files === null && secretFiles === null) return null;
  return { containers, files, secretFiles };
}
