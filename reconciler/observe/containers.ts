import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
import { label } from '../../renderers/labels.ts';
import type { EnvValue, SecretValue } from '../../renderers/resource.ts';
import type { ContainerSummary, ImageInspect } from '../engine-api.ts';
import { isGone, isOfOne, ReconcilerError } from '../errors.ts';
import type { ObservedContainer } from '../plan/observed.ts';
import type { Docker } from '../ports.ts';
import { normaliseContainer } from './normalise.ts';
import { StuckReads } from './stuck-reads.ts';

/** How many inspects are under way at once. */
const parallel = 16;

/** Fingerprint of a secret's value as it was found. */
export type Fingerprint = (tenant: string, name: string, value: Uint8Array) => SecretValue;

/** A container as a list shows it, as far as it is needed to know whose it is. */
export type Listed = Pick<ContainerSummary, 'Id' | 'Names' | 'Labels'>;

interface Known {
  readonly digest: string | null;
  readonly tenant: string;
  readonly observed: ObservedContainer;
}

/** What was read of some containers, and the tenants of whom one could not be read, each with the reason. */
export interface ReadContainers {
  readonly containers: readonly ObservedContainer[];
  readonly failed: ReadonlyMap<string, ReconcilerError>;
}

/**
 * Reads containers of ours in full, and remembers them. One whose answer is as before is the same object as before, so
 * that everything which is made from it can be kept.
 */
export class ContainerReader {
  readonly #docker: Docker;
  readonly #fingerprint: Fingerprint;
  readonly #swapLimit: boolean;
  readonly #known = new Map<string, Known>();
  /** Inspects by image id: what an id names never changes. */
  readonly #images = new Map<string, ImageInspect>();
  readonly #stuck = new StuckReads();

  /** @param swapLimit whether the engine can limit swap; where it cannot, swap is not compared */
  constructor(docker: Docker, fingerprint: Fingerprint, swapLimit: boolean) {
    this.#docker = docker;
    this.#fingerprint = fingerprint;
    this.#swapLimit = swapLimit;
  }

  /** The tenant of a container that was read; null for one that is not ours. */
  tenantOf(id: string): string | null {
    return this.#known.get(id)?.tenant ?? null;
  }

  /**
   * Reads each container of a list; one that went away meanwhile is left out.
   * @throws when it is not one container that cannot be read, but the engine that cannot be asked
   */
  async read(summaries: readonly Listed[]): Promise<ReadContainers> {
    const limit = pLimit(parallel);
    const containers: ObservedContainer[] = [];
    const failed = new Map<string, ReconcilerError>();
    const one = async (summary: Listed): Promise<void> => {
      try {
        const container = await this.#one(summary);
        if (container !== null) containers.push(container);
      } catch (error) {
        if (!isOfOne(error)) throw error;
        failed.set(tenantOf(summary), error);
      }
    };
    await Promise.all(summaries.map((summary) => limit(() => one(summary))));
    return { containers: inOrderOf(summaries, containers), failed };
  }

  /** After a look at some tenants: what they had before and have no more. */
  forget(before: readonly ObservedContainer[], now: readonly ObservedContainer[]): void {
    const ids = new Set(now.map(({ id }) => id));
    for (const { id } of before) if (!ids.has(id)) this.#known.delete(id);
  }

  /** After a look at everything. */
  forgetAllBut(listed: readonly Listed[]): void {
    const ids = new Set(listed.map(({ Id }) => Id));
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    const images = new Set([...this.#known.values()].map(({ observed }) => observed.imageId));
    for (const id of this.#images.keys()) if (!images.has(id)) this.#images.delete(id);
    this.#stuck.forgetAllBut(ids);
  }

  async #one(summary: Listed): Promise<ObservedContainer | null> {
    const { Id } = summary;
    const known = this.#known.get(Id);
    try {
      const { digest, inspect } = await this.#stuck.read(Id, () =>
        this.#docker.inspectContainerUnless(Id, known?.digest ?? null),
      );
      if (inspect === null) return known?.observed ?? null;
      const tenant = tenantOf(summary);
      if (inspect.Config.Labels?.[label.tenant] !== tenant) throw contradiction(summary);
      const image = await this.#image(inspect.Image);
      const found = normaliseContainer(inspect, image, (name, value) =>
        this.#fingerprint(tenant, name, Buffer.from(value)),
      );
      const normalised = this.#swapLimit ? found : withoutSwap(found);
      const observed = isDeepStrictEqual(known?.observed, normalised)
        ? (known?.observed ?? normalised)
        : normalised;
      // From the same answer more may follow next time: the node's key may have been made, the image have come back.
      const final = image !== null && !lacksFingerprint(observed);
      this.#known.set(Id, { digest: final ? digest : null, tenant, observed });
      return observed;
    } catch (error) {
      if (isGone(error)) return null;
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
}

function tenantOf({ Labels }: Listed): string {
  return Labels?.[label.tenant] ?? '';
}

/** As the engine lists them, whichever was answered first. */
function inOrderOf(listed: readonly Listed[], containers: readonly ObservedContainer[]): ObservedContainer[] {
  const byId = new Map(containers.map((container) => [container.id, container]));
  return listed.flatMap(({ Id }) => byId.get(Id) ?? []);
}

function lacksFingerprint({ spec }: ObservedContainer): boolean {
  return Object.values(spec.env).some(
    (value: EnvValue) => typeof value !== 'string' && value.fingerprint === null,
  );
}

/** Labels never change: one of the two answers is wrong, and a tenant would be seen without its container. */
function contradiction({ Id }: Listed): ReconcilerError {
  const message = `the engine lists container ${Id.slice(0, 12)} with other labels than it shows of it`;
  return new ReconcilerError('docker/contradiction', message, { retry: 'backoff' });
}

/** As if swap were limited as it must be: an engine that cannot limit it would differ for ever. */
function withoutSwap(container: ObservedContainer): ObservedContainer {
  return { ...container, spec: { ...container.spec, memorySwapBytes: container.spec.memoryBytes } };
}
