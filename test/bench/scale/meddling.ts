import { RawClient } from '../../support/raw-engine.ts';
import type { ScaleNode } from './node.ts';
import { tenantFiles, tenantName } from './tenants.ts';

/** What can happen to a tenant in production. */
export type Deed = 'prompt' | 'limits' | 'image' | 'update' | 'kill' | 'pause' | 'remove';

/** How often each is done, of 20. */
const lots: readonly (readonly [Deed, number])[] = [
  ['prompt', 6],
  ['limits', 4],
  ['image', 2],
  ['update', 3],
  ['kill', 2],
  ['pause', 1],
  ['remove', 2],
];

export const deeds: readonly Deed[] = lots.map(([deed]) => deed);

/** Repeatable numbers from 0 to 1 (xorshift, 32 bits). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Changes one tenant after another: half by commits, half by another hand on the engine. */
export class Meddler {
  readonly counts = new Map<string, number>();
  readonly #node: ScaleNode;
  readonly #random: () => number;
  readonly #raw: RawClient;
  #waiting: number[] = [];

  constructor(node: ScaleNode, seed: number) {
    this.#node = node;
    this.#random = randomNumbers(seed);
    this.#raw = new RawClient(node.engine.socket);
  }

  /** Changes one tenant at random: who has had a turn waits until all others have. */
  once(): Promise<void> {
    if (this.#waiting.length === 0)
      this.#waiting = Array.from({ length: this.#node.tenants }, (_, index) => index);
    const at = Math.floor(this.#random() * this.#waiting.length);
    const [index = 0] = this.#waiting.splice(at, 1);
    return this.at(index, this.#drawn());
  }

  /** @param index the tenant's */
  async at(index: number, deed: Deed): Promise<void> {
    this.counts.set(deed, (this.counts.get(deed) ?? 0) + 1);
    const container = `/containers/tenant_${tenantName(index)}_runtime`;
    const number = Math.floor(this.#random() * 1000);
    if (deed === 'prompt') return this.#commit(index, { word: `patient (${number})` });
    if (deed === 'limits') return this.#commit(index, { cpus: 0.1 + (number % 80) / 100 });
    if (deed === 'image') return this.#commit(index, { image: number % 2 === 0 ? 0 : 1 });
    if (deed === 'update') {
      const Memory = (64 + (number % 64)) * 2 ** 20;
      return this.#ask('POST', `${container}/update`, { Memory, MemorySwap: Memory });
    }
    if (deed === 'remove') return this.#ask('DELETE', `${container}?force=1`);
    return this.#ask('POST', `${container}/${deed}`);
  }

  close(): void {
    this.#raw.close();
  }

  async #commit(index: number, variation: Parameters<typeof tenantFiles>[2]): Promise<void> {
    const files = tenantFiles(index, this.#node.name, variation);
    await this.#node.repository.commit(files, `change ${tenantName(index)}`);
  }

  /** A container that is just being replaced has another state than it needs: then nothing happens, as by hand. */
  async #ask(method: string, path: string, body?: object): Promise<void> {
    const { status } = await this.#raw.ask(method, path, body);
    if (status >= 500) throw new Error(`the engine double answers ${status} to ${method} ${path}`);
  }

  #drawn(): Deed {
    let left = this.#random() * lots.reduce((sum, [, lot]) => sum + lot, 0);
    for (const [deed, lot] of lots) {
      left -= lot;
      if (left < 0) return deed;
    }
    return 'prompt';
  }
}
