import type { CommitProgress, HistoryPage } from '../api/models/edit.ts';
import { visiblePlan } from '../plans/view.ts';
import type { Database, Fleet } from '../ports.ts';
import * as store from './history-store.ts';
import { isSettled, nodeStateOf, type PositionOf } from './progress.ts';

export interface HistoryParts {
  readonly database: Database;
  readonly fleet: Pick<Fleet, 'node'>;
  readonly positionOf: PositionOf;
}

/** Tenants of one commit that are shown, those that are not there yet first. */
const SHOWN = 200;

type HistoryItem = HistoryPage['items'][number];

/** What has become of commits, as it is shown. @see Tracker, which writes it */
export class History {
  readonly #parts: HistoryParts;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /** @param visible tenants of an owner; null: all. Null when nothing is known of the commit, or nothing that he may see */
  async one(oid: string, visible: ReadonlySet<string> | null): Promise<HistoryItem | null> {
    const row = await store.commitRow(this.#parts.database, oid);
    if (row === null) return null;
    const [item] = await this.#items([row], visible);
    return item === undefined || (visible !== null && item.affected === 0) ? null : item;
  }

  /**
   * Newest first.
   * @param tenants only commits that touched one of these; null: all
   * @param before the commit after which the page begins
   * @param known tenants that whoever asks may know of, where he asks for fewer than those; null: all
   */
  async page(
    tenants: readonly string[] | null,
    visible: ReadonlySet<string> | null,
    {
      limit,
      before,
      known = visible,
    }: {
      readonly limit: number;
      readonly before: string | null;
      readonly known?: ReadonlySet<string> | null;
    },
  ): Promise<HistoryPage> {
    const { database, positionOf } = this.#parts;
    const last =
      before === null ? null : (positionOf(before) ?? (await store.commitRow(database, before))?.position);
    if (last === undefined) return { items: [], next: null };
    const shown = tenants ?? (visible === null ? null : [...visible]);
    const rows = await store.commitRows(database, shown, limit + 1, last);
    const page = rows.slice(0, limit);
    const next = rows.length > limit ? (page.at(-1)?.oid ?? null) : null;
    return { items: await this.#items(page, visible, known), next };
  }

  async #items(
    rows: readonly store.CommitRow[],
    visible: ReadonlySet<string> | null,
    known = visible,
  ): Promise<HistoryItem[]> {
    const { database } = this.#parts;
    const oids = rows.map(({ oid }) => oid);
    const sees = (tenant: string): boolean => visible === null || visible.has(tenant);
    const [tenants, plans, outcomes] = await Promise.all([
      store.tenantRows(database, oids),
      store.plans(database, oids),
      store.outcomes(database, oids),
    ]);
    return rows.map((row) => {
      const plan = plans.find(({ oid }) => oid === row.oid)?.plan ?? null;
      const others = new Set(
        tenants
          .filter(({ oid, tenant }) => oid === row.oid && known !== null && !known.has(tenant))
          .map(({ tenant }) => tenant),
      );
      return {
        ...this.#progress(
          {
            ...row,
            subject: without(others, row.subject),
            body: row.body.map((line) => without(others, line)),
          },
          tenants.filter(({ oid, tenant }) => oid === row.oid && sees(tenant)),
        ),
        plan: visiblePlan(plan, visible),
        outcomes: outcomes
          .filter(({ oid, tenant }) => oid === row.oid && sees(tenant))
          .map(({ outcome }) => outcome),
      };
    });
  }

  #progress(row: store.CommitRow, tenants: readonly store.TenantRow[]): CommitProgress {
    const { fleet, positionOf } = this.#parts;
    const nodes = [...new Set(tenants.map(({ node }) => node))].filter((node) => node !== '').sort();
    const open = tenants.filter((tenant) => !isSettled(tenant));
    const { oid, subject, author_name: name, author_email: email, at, body, edit, position } = row;
    return {
      commit: { oid, subject, author: { name, email }, at },
      body,
      edit,
      nodes: nodes.map((node) => {
        const mine = tenants.filter((tenant) => tenant.node === node);
        const facts = fleet.node(node);
        return {
          node,
          state: nodeStateOf(mine, position, facts, positionOf),
          revision: facts?.head?.revision ?? null,
          at: mine.reduce<number | null>(
            (last, { at }) => (at !== null && at > (last ?? 0) ? at : last),
            null,
          ),
        };
      }),
      tenants: [...open, ...tenants.filter(isSettled)]
        .slice(0, SHOWN)
        .map(({ tenant, node, state, detail, at }) => ({ tenant, node, state, detail, at })),
      affected: tenants.length,
      converged: tenants.length - open.length,
    };
  }
}

/** A commit's words without the tenants that it touched and that somebody may not know of. */
function without(tenants: ReadonlySet<string>, words: string): string {
  if (tenants.size === 0) return words;
  return words.replaceAll(/[a-z0-9]([a-z0-9-]*[a-z0-9])?/g, (word) =>
    tenants.has(word) ? 'another tenant' : word,
  );
}
