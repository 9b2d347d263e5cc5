import { isOwned, label, type Owner } from '../../renderers/labels.ts';
import { tenantOfName } from '../../renderers/names.ts';
import type { SecretValue, TenantResources } from '../../renderers/resource.ts';
import { emptyRecord } from '../../schemas/own.ts';
import type { NetworkInspect, VolumeInspect } from '../engine-api.ts';
import { isOfOne, type ReconcilerError } from '../errors.ts';
import {
  type ObservedContainer,
  type ObservedNetwork,
  type ObservedNode,
  type ObservedTenant,
  type ObservedVolume,
} from '../plan/observed.ts';
import type { Docker, Files, SecretOpener } from '../ports.ts';
import { ContainerReader, type Listed } from './containers.ts';
import { FolderReader } from './folders.ts';
import { keptValue, keptVolumes, sameTenant, tenantFrom, withTenants, withVolumes } from './kept.ts';
import { listOfTenants } from './listed.ts';
import { normaliseNetwork, normaliseVolume } from './normalise.ts';
import { unreadableOf } from './unreadable.ts';

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

/** What a look found. */
export interface Look {
  readonly node: ObservedNode;
  /** Tenants that were asked for and could not be seen, each with the reason: they are in `node` as they were before. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/**
 * Reads a node's state. A look at everything is one list each of containers, networks and volumes, an inspect for each
 * container of ours, and the managed folders; a look at some tenants reads what is theirs, and the rest is as it was
 * read last. A list that fails fails the whole observation: a world that could not be seen is never an empty one. A
 * tenant of whom one thing cannot be read is as he was read last, and named in `unreadable`: nothing is to be done to him.
 *
 * Folders are read last: an inspect may hang for seconds, and what is started has to mount what is there when it is.
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

  async observe(scope: ObserveScope): Promise<Look> {
    const last = this.#last;
    const look =
      scope.tenants === 'all' || last === null
        ? await this.#all(scope, last)
        : await this.#some(scope, scope.tenants, last);
    this.#last = look.node;
    return look;
  }

  async #all(scope: ObserveScope, last: ObservedNode | null): Promise<Look> {
    const [summaries, networks, volumes, images] = await Promise.all([
      this.#docker.listContainers(),
      this.#docker.listNetworks(),
      this.#allVolumes(last),
      this.#presentImages(scope.images),
    ]);
    const ours = this.#ours(summaries);
    const read = await this.#containers.read(ours);
    const folders = await this.#folders.readAll();
    this.#containers.forgetAllBut(ours);
    const byTenant = Map.groupBy(read.containers, tenantOfContainer);
    const names = new Set([
      ...ours.map(({ Labels }) => Labels?.[label.tenant] ?? ''),
      ...folders.found.keys(),
    ]);
    const unreadable = unreadableOf([read.failed, folders.failed], names.size);
    const tenants = emptyRecord<ObservedTenant>();
    for (const name of [...names.union(unreadable)].sort()) {
      const before = last?.tenants[name];
      const now = unreadable.has(name)
        ? (before ?? null)
        : tenantFrom(byTenant.get(name), folders.found.get(name));
      if (now !== null) tenants[name] = sameTenant(before, now);
    }
    const node = {
      tenants,
      networks: keptValue(last?.networks, networks.map(this.#network)),
      volumes,
      strangers: keptValue(last?.strangers, this.#strangersIn(summaries)),
      images: keptValue(last?.images, images),
    };
    return { node, unreadable };
  }

  async #some(scope: ObserveScope, names: ReadonlySet<string>, last: ObservedNode): Promise<Look> {
    const wanted = [...names].flatMap((name) => scope.wanted[name] ?? []);
    const whole = names.size > oneByOne;
    const unread = new Map<string, ReconcilerError>();
    const [listed, networks, volumes, images] = await Promise.all([
      whole ? this.#docker.listContainers() : listOfTenants(this.#docker, this.#owner, names, unread),
      this.#docker.listNetworks(),
      whole ? this.#allVolumes(last) : this.#volumesOf(wanted, last, unread),
      this.#presentImages(new Set(wanted.map(({ container }) => container.spec.image))),
    ]);
    const theirs = this.#ours(listed).filter(({ Labels }) => names.has(Labels?.[label.tenant] ?? ''));
    const read = await this.#containers.read(theirs);
    const folders = await this.#folders.read([...names]);
    // Of a few tenants each one may be in trouble; what concerns all is found by the next look at all.
    const unreadable = unreadableOf([unread, read.failed, folders.failed], Number.POSITIVE_INFINITY);
    const seen = new Set(names).difference(unreadable);
    const before = [...seen].flatMap((name) => last.tenants[name]?.containers ?? []);
    this.#containers.forget(before, read.containers);
    const strangers = whole
      ? this.#strangersIn(listed)
      : { ...withoutNamesOf(seen, last.strangers), ...this.#strangersIn(listed) };
    const node = {
      tenants: withTenants(
        last.tenants,
        seen,
        Map.groupBy(read.containers, tenantOfContainer),
        folders.found,
      ),
      networks: keptValue(last.networks, networks.map(this.#network)),
      volumes,
      strangers: keptValue(last.strangers, strangers),
      images: keptValue(last.images, { ...last.images, ...images }),
    };
    return { node, unreadable };
  }

  async #allVolumes(last: ObservedNode | null): Promise<ObservedNode['volumes']> {
    return keptVolumes(last?.volumes, (await this.#docker.listVolumes()).map(this.#volume));
  }

  /** The volumes that tenants are to have, one by one, and all others as they were. */
  async #volumesOf(
    wanted: readonly TenantResources[],
    last: ObservedNode,
    failed: Map<string, ReconcilerError>,
  ): Promise<ObservedNode['volumes']> {
    const found = new Map<string, ObservedVolume | null>();
    const one = async (tenant: string, name: string): Promise<void> => {
      try {
        const volume = await this.#docker.inspectVolume(name);
        found.set(name, volume === null ? null : this.#volume(volume));
      } catch (error) {
        if (!isOfOne(error)) throw error;
        failed.set(tenant, error);
      }
    };
    const names = wanted.flatMap(({ tenant, volumes }) => volumes.map(({ name }) => one(tenant, name)));
    await Promise.all(names);
    return withVolumes(last.volumes, found);
  }

  async #presentImages(refs: ReadonlySet<string>): Promise<Record<string, boolean>> {
    const entries = [...refs].map(
      async (ref): Promise<[string, boolean]> => [ref, await this.#isPresent(ref)],
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  /** One that the engine cannot show is to be pulled before it is used: that mends it, or says what is the matter. */
  async #isPresent(ref: string): Promise<boolean> {
    try {
      return (await this.#docker.inspectImage(ref)) !== null;
    } catch (error) {
      if (isOfOne(error)) return false;
      throw error;
    }
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
