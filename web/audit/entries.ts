import type { AuditPage } from '../api/models/platform.ts';
import type { Audit, Database } from '../ports.ts';

export interface AuditFilter {
  readonly who?: string;
  /** The action, or all that begin with it: `auth` finds `auth.login`. */
  readonly action?: string;
  /** Entries older than this one. */
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

/** Entries, newest first. */
export async function readAudit(db: Database, filter: AuditFilter): Promise<AuditPage> {
  const { who = null, action = null, before = null, limit } = filter;
  const items = await db.query<AuditPage['items'][number]>(
    `select id, at, who, action, target, outcome, reason, sent_from as "from", commit_oid as commit
     from audit_entry
     where ($1::text is null or who = $1)
       and ($2::text is null or action = $2 or starts_with(action, $2 || '.'))
       and ($3::bigint is null or id < $3)
     order by id desc limit $4`,
    [who, action, before, limit + 1],
  );
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return { items: page, next: items.length > limit && last !== undefined ? String(last.id) : null };
}
