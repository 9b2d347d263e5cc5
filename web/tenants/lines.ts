import type { TenantSummary } from '../api/models/tenant.ts';
import { byOrder, type TenantSort } from '../api/models/tenant-query.ts';

/** One tenant's line. It stays the same object while what it says changes. */
export interface Line {
  summary: TenantSummary;
  /** The same as JSON. */
  json: string;
  /** As it is sent: a list of a thousand lines is put together, neither written nor encoded anew for every reader. */
  bytes: Buffer;
}

interface Order {
  readonly lines: Line[];
  /** Of what all lines said when it was made right. */
  version: number;
}

/**
 * All lines by name, by node, and in every order in which they were asked for. An order is put right when somebody asks
 * for it after a change: what is nearly in order already is sorted in one walk.
 */
export class Lines {
  readonly #byName = new Map<string, Line>();
  readonly #byNode = new Map<string, Set<string>>();
  readonly #orders = new Map<TenantSort, Order>();
  #version = 0;
  #counts: { readonly version: number; readonly of: Readonly<Record<string, number>> } | null = null;

  /** Another number whenever what any line says has changed. */
  get version(): number {
    return this.#version;
  }

  get(name: string): Line | null {
    return this.#byName.get(name) ?? null;
  }

  names(): string[] {
    return [...this.#byName.keys()];
  }

  /** Names of the tenants whose line shows this node. */
  ofNode(node: string): string[] {
    return [...(this.#byNode.get(node) ?? [])];
  }

  set(name: string, summary: TenantSummary, json: string): void {
    const known = this.#byName.get(name);
    if (known?.summary.node !== summary.node) this.#moved(name, known?.summary.node, summary.node);
    if (known === undefined) {
      this.#byName.set(name, { summary, json, bytes: Buffer.from(json) });
      this.#orders.clear();
    } else {
      Object.assign(known, { summary, json, bytes: Buffer.from(json) });
    }
    this.#version += 1;
  }

  /** @returns whether it was there */
  delete(name: string): boolean {
    const known = this.#byName.get(name);
    if (known === undefined) return false;
    this.#byName.delete(name);
    this.#moved(name, known.summary.node, undefined);
    this.#orders.clear();
    this.#version += 1;
    return true;
  }

  /** Not to be kept: it changes with what it holds. */
  inOrder(sort: TenantSort): readonly Line[] {
    const order = this.#orders.get(sort) ?? { lines: [...this.#byName.values()], version: -1 };
    this.#orders.set(sort, order);
    if (order.version !== this.#version) {
      const compare = byOrder(sort);
      order.lines.sort((a, b) => compare(a.summary, b.summary));
      order.version = this.#version;
    }
    return order.lines;
  }

  /** How many are in each phase. */
  counts(): Readonly<Record<string, number>> {
    if (this.#counts?.version !== this.#version) {
      this.#counts = { version: this.#version, of: countsOf(this.#byName.values()) };
    }
    return this.#counts.of;
  }

  #moved(name: string, from: string | undefined, to: string | undefined): void {
    const left = from === undefined ? undefined : this.#byNode.get(from);
    left?.delete(name);
    if (from !== undefined && left?.size === 0) this.#byNode.delete(from);
    if (to === undefined) return;
    const there = this.#byNode.get(to) ?? new Set<string>();
    this.#byNode.set(to, there.add(name));
  }
}

const comma = Buffer.from(',');

/** The inside of a JSON array. */
export function joined(lines: readonly Line[]): Buffer {
  return Buffer.concat(lines.flatMap(({ bytes }, index) => (index === 0 ? [bytes] : [comma, bytes])));
}

export function countsOf(lines: Iterable<Line>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { summary } of lines) counts[summary.phase] = (counts[summary.phase] ?? 0) + 1;
  return counts;
}
