import type { AuditPage } from '../api/models/platform.ts';
import type { Audit, Database } from '../ports.ts';

type Entry = AuditPage['items'][number];

/** Which entries are wanted; what is left out is any. */
export interface AuditFilter {
  readonly who?: string;
  readonly action?: string;
  /** Any of these; one alone is found sooner as `action`. */
  readonly actions?: readonly string[];
  /** A tenant, or what else an action was done to. */
  readonly target?: string;
  readonly outcome?: Entry['outcome'];
  /** From this moment on, and before that one; milliseconds since the epoch. */
  readonly since?: number;
  readonly until?: number;
  /** Entries older than the one of this id. */
  readonly before?: number;
  readonly limit: number;
}

/** @param now milliseconds since the epoch */
export function auditIn(db: Database, now: () => number): Audit {
  return {
    async record({ who, action, target, outcome, reason, from, commit }) {
      await db.query(
        `insert into audit_entry (at, who, action, target, outcome, reason, sent_from, commit_oid)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [now(), who, action, target, outcome, reason ?? '', from, commit ?? null],
      );
    },
  };
}

/** What each part of a filter asks of an entry, with its value as `?`. */
const asks: Readonly<Record<Exclude<keyof AuditFilter, 'limit'>, string>> = {
  who: 'who = ?::text',
  action: 'action = ?::text',
  actions: 'action = any(?::text[])',
  target: 'target = ?::text',
  outcome: 'outcome = ?::text',
  since: 'at >= ?::bigint',
  until: 'at < ?::bigint',
  before: '(at, id) < (select at, id from audit_entry where id = ?::bigint)',
};

/** Entries, newest first. */
export async function readAudit(
  db: Database,
  filter: AuditFilter,
): Promise<Pick<AuditPage, 'items' | 'next'>> {
  const { limit, ...wanted } = filter;
  const given = Object.entries(wanted) as [keyof typeof asks, unknown][];
  const where = given.map(([key], index) => asks[key].replace('?', `$${index + 1}`));
  const items = await db.query<Entry>(
    `select id, at, who, action, target, outcome, reason, sent_from as "from", commit_oid as commit
     from audit_entry ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
     order by at desc, id desc limit $${given.length + 1}`,
    [...given.map(([, value]) => value), limit + 1],
  );
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return { items: page, next: items.length > limit && last !== undefined ? String(last.id) : null };
}
