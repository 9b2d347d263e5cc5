import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
import { label } from '../../renderers/labels.ts';
import type { EnvValue, SecretValue } from '../../renderers/resource.ts';
import type { ContainerSummary, ImageInspect } from '../engine-api.ts';
import { isGone, ReconcilerError } from '../errors.ts';
import type { ObservedContainer } from '../plan/observed.ts';
import type { Docker } from '../ports.ts';
import { normaliseContainer } from './normalise.ts';

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

  /** Reads each container of a list; one that went away meanwhile is left out. */
  async read(summaries: readonly Listed[]): Promise<ObservedContainer[]> {
    const limit = pLimit(parallel);
    const found = await Promise.all(summaries.map((summary) => limit(() => this.#one(summary))));
    return found.filter((container) => container !== null);
  }

  /** After a look at some tenants: what they had before and have no more. */
  forget(before: readonly ObservedContainer[], now: readonly ObservedContainer[]): void {
    const ids = new Set(now.map(({ id }) => id));
    for (const { id } of before) if (!ids.has(id)) this.#known.delete(id);
  }

  /** After a look at everything. */
  forgetAllBut(containers: readonly ObservedContainer[]): void {
    const ids = new Set(containers.map(({ id }) => id));
    const images = new Set(containers.map(({ imageId }) => imageId));
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    for (const id of this.#images.keys()) if (!images.has(id)) this.#images.delete(id);
  }

  async #one(summary: Listed): Promise<ObservedContainer | null> {
    const { Id, Labels } = summary;
    const known = this.#known.get(Id);
    try {
      const { digest, inspect } = await this.#docker.inspectContainerUnless(Id, known?.digest ?? null);
      if (inspect === null) return known?.observed ?? null;
      const tenant = Labels?.[label.tenant] ?? '';
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

function lacksFingerprint({ spec }: ObservedContainer): boolean {
  return Object.values(spec.env).some(
    (value: EnvValue) => typeof value !== 'string' && value.fingerprint === null,
  );
}

/** Labels never change: one of the two answers is wrong, and a tenant would be seen without its container. */
function contradiction({ Id }: Listed): ReconcilerError {
  const message = `the engine lists container ${Id.slice(0, 12)} with other labels than it shows of it`;
  return new ReconcilerError('docker/failed', message, { retry: 'backoff' });
}

/** As if swap were limited as it must be: an engine that cannot limit it would differ for ever. */
function withoutSwap(container: ObservedContainer): ObservedContainer {
  return { ...container, spec: { ...container.spec, memorySwapBytes: container.spec.memoryBytes } };
}
