import { own } from '../../schemas/own.ts';
import type { TenantSummary } from '../api/models/tenant.ts';
import { byOrder, matches, type TenantQuery, type TenantSort } from '../api/models/tenant-query.ts';
import type { Branch, Fleet, Stop } from '../ports.ts';
import { cursorOf, placeOf } from './cursor.ts';
import { countsOf, joined, type Line, Lines } from './lines.ts';
import { summaryOf, tenantNames } from './summary.ts';

export interface DirectoryParts {
  readonly branch: Pick<Branch, 'desired' | 'onMoved'>;
  readonly fleet: Pick<Fleet, 'tenant' | 'tenants' | 'node' | 'onTenant' | 'onNode'>;
}

/** A page of the list; `items` is the inside of a JSON array. */
export interface DirectoryPage {
  readonly items: Buffer;
  readonly count: number;
  readonly total: number;
  readonly next: string | null;
  readonly counts: Readonly<Record<string, number>>;
}

const LIMIT = 100;
/** Pages that are kept: as many as are asked for between two changes, mostly the first ones in a few orders. */
const PAGES = 20;

/** Every tenant's line, kept while Git and the nodes move: reading a list costs no query. */
export class Directory {
  readonly #parts: DirectoryParts;
  readonly #lines = new Lines();
  readonly #listeners = new Set<(name: string, summary: TenantSummary | null) => void>();
  readonly #stops: readonly Stop[];
  /** Pages of all tenants by their query, for as long as no line changes: many readers ask for the same ones. */
  readonly #pages = new Map<string, DirectoryPage>();
  #pagesOf = -1;
  #readAt: number;

  constructor(parts: DirectoryParts, now: () => number) {
    this.#parts = parts;
    this.#readAt = now();
    const { branch, fleet } = parts;
    this.#stops = [
      branch.onMoved(() => {
        this.#readAt = now();
        this.#all();
      }),
      fleet.onTenant((name) => this.#one(name)),
      fleet.onNode((node) => this.#ofNode(node)),
    ];
    this.#all();
  }

  get(name: string): TenantSummary | null {
    return this.#lines.get(name)?.summary ?? null;
  }

  all(): TenantSummary[] {
    return this.#lines.inOrder('name').map(({ summary }) => summary);
  }

  /** Calls `listener` with a line that is another than before; null when the tenant is gone. */
  onChange(listener: (name: string, summary: TenantSummary | null) => void): Stop {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param visible tenants of an owner; null: all, and then the same page is the same object until a line changes */
  page(query: TenantQuery, visible: ReadonlySet<string> | null): DirectoryPage {
    if (visible !== null) return this.#page(query, visible);
    if (this.#pagesOf !== this.#lines.version) this.#pages.clear();
    this.#pagesOf = this.#lines.version;
    const key = JSON.stringify(query);
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    if (this.#pages.size >= PAGES) this.#pages.clear();
    const page = this.#page(query, null);
    this.#pages.set(key, page);
    return page;
  }

  #page(query: TenantQuery, visible: ReadonlySet<string> | null): DirectoryPage {
    const { sort = 'attention', limit = LIMIT } = query;
    const all = this.#lines.inOrder(sort);
    const seen = visible === null ? all : all.filter(({ summary }) => visible.has(summary.name));
    const counts = visible === null ? this.#lines.counts() : countsOf(seen);
    const wanted = matches(query);
    const found = wanted === null ? seen : seen.filter(({ summary }) => wanted(summary));
    const start = after(found, sort, query.cursor);
    const page = found.slice(start, start + limit);
    const last = page.at(-1);
    const more = start + page.length < found.length;
    return {
      items: joined(page),
      count: page.length,
      total: found.length,
      next: more && last !== undefined ? cursorOf(last.summary) : null,
      counts,
    };
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #all(): void {
    const { branch, fleet } = this.#parts;
    const names = new Set(tenantNames(branch.desired(), fleet.tenants().keys()));
    for (const name of names) this.#one(name);
    for (const name of this.#lines.names()) if (!names.has(name)) this.#one(name);
  }

  #ofNode(node: string): void {
    for (const name of this.#lines.ofNode(node)) this.#one(name);
  }

  #one(name: string): void {
    const { branch, fleet } = this.#parts;
    const entry = own(branch.desired()?.tenants ?? {}, name) ?? null;
    const facts = fleet.tenant(name);
    if (entry === null && facts === null) {
      if (this.#lines.delete(name)) this.#tell(name, null);
      return;
    }
    const node = entry?.desired?.node ?? facts?.node;
    const at = node === undefined ? null : fleet.node(node);
    const linked = at?.linked ?? false;
    const known = this.#lines.get(name);
    // Without a status there is nothing that says since when: since it was first seen.
    const readAt = known?.summary.phase === 'Unknown' ? known.summary.since : this.#readAt;
    const summary = summaryOf({ name, entry, facts, linked, nodeSeen: at?.lastSeen ?? null, readAt });
    const json = JSON.stringify(summary);
    if (known?.json === json) return;
    this.#lines.set(name, summary, json);
    this.#tell(name, summary);
  }

  #tell(name: string, summary: TenantSummary | null): void {
    for (const listener of this.#listeners) listener(name, summary);
  }
}

/** Where the page after a place begins: with the first line behind it. */
function after(found: readonly Line[], sort: TenantSort, cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const place = placeOf(cursor);
  const compare = byOrder(sort);
  let [from, to] = [0, found.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const line = found[middle];
    if (line !== undefined && compare(line.summary, place) > 0) to = middle;
    else from = middle + 1;
  }
  return from;
}
