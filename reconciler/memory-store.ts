import { isDeepStrictEqual } from 'node:util';
import { blankMemory, type TenantMemory } from './plan/memory.ts';
import type { StateStore } from './ports.ts';
import { restoredMemory } from './restored-memory.ts';

const document = 'memory';

/**
 * The reconciler's memory of its tenants, one small document. Facts that must survive a crash are synced before the
 * caller goes on; the rest is written once a pass. Writes that fall together are one write.
 */
export class MemoryStore {
  readonly #state: StateStore;
  readonly #tenants: Map<string, TenantMemory>;
  #dirty = false;
  #writing: Promise<void> | null = null;

  private constructor(state: StateStore, tenants: Map<string, TenantMemory>) {
    this.#state = state;
    this.#tenants = tenants;
  }

  /** Reads what is there; a missing or damaged document is a blank memory. */
  static async open(state: StateStore): Promise<MemoryStore> {
    const stored = await state.read(document);
    const entries = isRecord(stored) && isRecord(stored['tenants']) ? Object.entries(stored['tenants']) : [];
    const tenants = entries.map(([name, value]): [string, TenantMemory] => [name, restoredMemory(value)]);
    return new MemoryStore(state, new Map(tenants));
  }

  get(tenant: string): TenantMemory {
    return this.#tenants.get(tenant) ?? blankMemory;
  }

  all(): Record<string, TenantMemory> {
    return Object.fromEntries(this.#tenants);
  }

  /** Changes facts in memory; `flush` writes them. */
  note(tenant: string, facts: Partial<TenantMemory>): void {
    const before = this.get(tenant);
    const after = { ...before, ...facts };
    if (isDeepStrictEqual(before, after)) return;
    this.#tenants.set(tenant, after);
    this.#dirty = true;
  }

  /** Changes facts and returns when they are on disk. */
  async keep(tenant: string, facts: Partial<TenantMemory>): Promise<void> {
    this.note(tenant, facts);
    await this.flush();
  }

  forget(tenant: string): void {
    if (this.#tenants.delete(tenant)) this.#dirty = true;
  }

  /** Writes what changed since the last write; callers that come while a write is under way share the next one. */
  async flush(): Promise<void> {
    while (this.#dirty || this.#writing !== null) {
      this.#writing ??= this.#write();
      await this.#writing;
    }
  }

  async #write(): Promise<void> {
    this.#dirty = false;
    try {
      await this.#state.write(document, { tenants: Object.fromEntries(this.#tenants) });
    } catch (error) {
      this.#dirty = true;
      throw error;
    } finally {
      this.#writing = null;
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
