import { isDeepStrictEqual } from 'node:util';
import { withChanged } from '../desired-state/changed-names.ts';
import { emptyRecord } from '../schemas/own.ts';
import { PiecedDocument } from './pieces.ts';
import { blankMemory, type TenantMemory } from './plan/memory.ts';
import type { StateStore } from './ports.ts';
import { restoredMemory } from './restored-memory.ts';

const document = 'memory';

/**
 * The reconciler's memory of its tenants. Facts that must survive a crash are synced before the caller goes on; the
 * rest is written once a pass, and only what changed. Writes that fall together are one write.
 */
export class MemoryStore {
  readonly #document: PiecedDocument;
  readonly #tenants: Map<string, TenantMemory>;
  /** The same by name, for who plans, and what is not in there yet. */
  #record: Readonly<Record<string, TenantMemory>> = emptyRecord<TenantMemory>();
  readonly #unseen = new Map<string, TenantMemory | undefined>();
  readonly #asked = new Set<string>();
  #dirty = new Set<string>();
  #writing: Promise<void> | null = null;

  private constructor(document: PiecedDocument, tenants: Map<string, TenantMemory>) {
    this.#document = document;
    this.#tenants = tenants;
    this.#record = withChanged(this.#record, tenants);
    for (const [name, memory] of tenants) if (isAsked(memory)) this.#asked.add(name);
  }

  /** Reads what is there; a missing or damaged document is a blank memory, a damaged piece of it one of its tenants. */
  static async open(state: StateStore): Promise<MemoryStore> {
    const stored = new PiecedDocument(state, document);
    const { main, pieces } = await stored.read();
    const records = [isRecord(main) ? main['tenants'] : null, ...pieces].filter(isRecord);
    const tenants = records
      .flatMap(Object.entries)
      .map(([name, value]): [string, TenantMemory] => [name, restoredMemory(value)]);
    return new MemoryStore(stored, new Map(tenants));
  }

  get(tenant: string): TenantMemory {
    return this.#tenants.get(tenant) ?? blankMemory;
  }

  /** Tenants of whose runtimes something was asked, whatever became of it: few of many. */
  get asked(): Iterable<string> {
    return this.#asked;
  }

  /** What is remembered of each tenant now: a value, the same one for as long as nothing is noted. */
  all(): Readonly<Record<string, TenantMemory>> {
    this.#record = withChanged(this.#record, this.#unseen);
    this.#unseen.clear();
    return this.#record;
  }

  /** Changes facts in memory; `flush` writes them. */
  note(tenant: string, facts: Partial<TenantMemory>): void {
    const before = this.get(tenant);
    const after = { ...before, ...facts };
    if (isDeepStrictEqual(before, after)) return;
    this.#tenants.set(tenant, after);
    if (isAsked(after)) this.#asked.add(tenant);
    else this.#asked.delete(tenant);
    this.#unseen.set(tenant, after);
    this.#dirty.add(tenant);
  }

  /** Changes facts and returns when they are on disk. */
  async keep(tenant: string, facts: Partial<TenantMemory>): Promise<void> {
    this.note(tenant, facts);
    await this.flush();
  }

  /**
   * The same for facts that are true only once they are on disk, because what they tell of is not done before: when they
   * cannot be written, memory has what it had before, or nobody would ever do it.
   */
  async keepBefore(tenant: string, facts: Partial<TenantMemory>): Promise<void> {
    const before = this.get(tenant);
    try {
      await this.keep(tenant, facts);
    } catch (error) {
      const former = Object.keys(facts).map((name) => [name, Reflect.get(before, name) as unknown]);
      this.note(tenant, Object.fromEntries(former) as Partial<TenantMemory>);
      throw error;
    }
  }

  /**
   * For a reconciler that begins: whom the one before it was about to ask, or had asked without hearing an answer, is
   * asked again. Whether it had been asked stands in the runtime's own record, which is read first.
   */
  forgetUnanswered(): void {
    for (const [tenant, { pairing, disconnect }] of this.#tenants) {
      if (pairing?.state === 'asked') this.note(tenant, { pairing: null });
      if (disconnect?.state === 'asked') this.note(tenant, { disconnect: null });
    }
  }

  forget(tenant: string): void {
    if (!this.#tenants.delete(tenant)) return;
    this.#asked.delete(tenant);
    this.#unseen.set(tenant, undefined);
    this.#dirty.add(tenant);
  }

  /** Writes what changed since the last write; callers that come while a write is under way share the next one. */
  async flush(): Promise<void> {
    while (this.#dirty.size > 0 || this.#writing !== null) {
      this.#writing ??= this.#write();
      await this.#writing;
    }
  }

  async #write(): Promise<void> {
    const changed = this.#dirty;
    this.#dirty = new Set();
    try {
      await this.#document.write({
        head: {},
        whole: () => ({ tenants: Object.fromEntries(this.#tenants) }),
        entries: this.#tenants,
        changed,
      });
    } catch (error) {
      for (const tenant of changed) this.#dirty.add(tenant);
      throw error;
    } finally {
      this.#writing = null;
    }
  }
}

function isAsked({ pairing, disconnect }: TenantMemory): boolean {
  return pairing !== null || disconnect !== null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
