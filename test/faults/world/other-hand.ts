import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { ReconcilerError } from '../../../reconciler/errors.ts';
import type { Docker } from '../../../reconciler/ports.ts';
import { containerName } from '../../../renderers/names.ts';
import { containerBody } from '../../support/docker-bodies.ts';
import { RawClient } from '../../support/raw-engine.ts';
import type { Meddling } from '../docker/actions.ts';
import { now } from '../docker/record.ts';
import { nameOf, type Site } from './site.ts';

/**
 * What it can do: what a boundary lets it do at a read; the removal of a tenant's folder of managed files; and what a boot
 * does, after which secrets are gone and the container cannot begin.
 */
export type Deed = Meddling | 'remove-folder' | 'boot';

/** A time in which another hand was at work, by the clock of the records. */
export interface Interference {
  readonly from: number;
  readonly to: number;
}

/** Somebody else at the same engine, who does not ask the reconciler. */
export class OtherHand {
  readonly interferences: Interference[] = [];
  readonly #docker: Docker;
  readonly #host: string;
  readonly #site: Site;
  readonly #tenant: string;
  readonly #folder: string;
  readonly #secrets: string;
  /** Of the container that took a tenant's name. */
  #stranger: string | null = null;

  /**
   * @param tenant the one that is meddled with
   * @param home the node's folders
   */
  constructor(
    host: string,
    site: Site,
    tenant: string,
    { dataDir, secretsDir }: { readonly dataDir: string; readonly secretsDir: string },
  ) {
    this.#docker = connectDocker({ host });
    this.#host = host;
    this.#site = site;
    this.#tenant = nameOf(site, tenant);
    this.#folder = join(dataDir, 'tenants', this.#tenant);
    this.#secrets = join(secretsDir, this.#tenant);
  }

  /** Does one thing to the tenant's container, as far as there is one. Answers whether anything is otherwise now. */
  async meddle(how: Deed): Promise<boolean> {
    const from = now();
    if (how === 'remove-folder') return this.#remove(this.#folder, from);
    if (how === 'boot') return this.#boot(from);
    const id = await this.#container();
    const before = await this.#look(id);
    await this.#act(how, id).catch(unlessRefused);
    this.interferences.push({ from, to: now() });
    return how === 'meddle-take-name' ? this.#stranger !== null : before !== (await this.#look(id));
  }

  async #remove(folder: string, from: number): Promise<boolean> {
    const there = existsSync(folder);
    await rm(folder, { recursive: true, force: true });
    this.interferences.push({ from, to: now() });
    return there;
  }

  async #boot(from: number): Promise<boolean> {
    const there = await this.#remove(this.#secrets, from);
    const id = await this.#container();
    if (id !== null) {
      await this.#docker.signalContainer(id, 'SIGKILL').catch(unlessRefused);
      // As the engine does when it comes up, in vain where there is nothing to mount.
      await this.#docker.restartContainer(id, 0).catch(unlessRefused);
    }
    this.interferences.push({ from, to: now() });
    return there;
  }

  /** Takes back what the reconciler may not mend by itself: a stranger under a tenant's name. */
  async leave(): Promise<void> {
    if (this.#stranger === null) return;
    const from = now();
    await this.#docker.removeContainer(this.#stranger, { force: true });
    this.#stranger = null;
    this.interferences.push({ from, to: now() });
  }

  async #act(how: Meddling, id: string | null): Promise<void> {
    const docker = this.#docker;
    if (how === 'meddle-take-name') {
      if (id !== null) await docker.removeContainer(id, { force: true });
      const body = containerBody(this.#site.images.v1, { Labels: {} });
      const { id: taken } = await docker.createContainer(containerName.runtime(this.#tenant), body);
      this.#stranger = taken;
      return;
    }
    if (id === null) return;
    if (how === 'meddle-remove') return docker.removeContainer(id, { force: true });
    if (how === 'meddle-stop') return docker.stopContainer(id, 0);
    if (how === 'meddle-pause') return this.#pause(id);
    if (how === 'meddle-rename') return docker.renameContainer(id, `${this.#tenant}-moved-away`);
    if (how === 'meddle-memory') {
      const Memory = 48 * 1024 * 1024;
      return docker.updateContainer(id, { Memory, MemorySwap: Memory });
    }
    if (how === 'meddle-disconnect') {
      const { NetworkSettings } = await docker.inspectContainer(id);
      for (const network of Object.keys(NetworkSettings.Networks ?? {})) {
        await docker.disconnectNetwork(network, id);
      }
      return;
    }
    return docker.signalContainer(id, 'SIGKILL');
  }

  /** The reconciler never pauses anything, so that its port to the engine does not have it. */
  async #pause(id: string): Promise<void> {
    const engine = new RawClient(this.#host.replace('unix://', ''));
    try {
      await engine.ask('POST', `/containers/${id}/pause`);
    } finally {
      engine.close();
    }
  }

  /** A container as far as a hand can change it. */
  async #look(id: string | null): Promise<string> {
    if (id === null) return '';
    try {
      const { Name, State, HostConfig, NetworkSettings } = await this.#docker.inspectContainer(id);
      const networks = Object.keys(NetworkSettings.Networks ?? {});
      return JSON.stringify([Name, State.Status, State.StartedAt, HostConfig, networks]);
    } catch (error) {
      unlessRefused(error);
      return 'gone';
    }
  }

  /** The container that bears the tenant's name, or its replacement's. */
  async #container(): Promise<string | null> {
    const list = await this.#docker.listContainers();
    const { runtime, next } = containerName;
    const names = [runtime(this.#tenant), next(this.#tenant)].map((name) => `/${name}`);
    const found = names.map((name) => list.find(({ Names }) => Names.includes(name)));
    return found.find((one) => one !== undefined)?.Id ?? null;
  }
}

/** What the engine does not let another hand do either is no fault. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof ReconcilerError)) throw error;
  if (!['docker/not-found', 'docker/conflict', 'docker/failed', 'docker/invalid'].includes(error.code))
    throw error;
}
