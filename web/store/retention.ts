/** Rows of a table that are deleted when they are old. */
export interface Retention {
  readonly table: string;
  /** `bigint`, milliseconds since the epoch: when the row ceased to matter, or came. */
  readonly column: string;
  readonly days: number;
  /** Which of them stay all the same: SQL of the row `old`; `$1` is the moment before which rows are old. */
  readonly unless?: string;
}

/** Newest commits whose places are known without asking, and those whose tenants are followed: they stay at any age. */
export const KNOWN_COMMITS = 5_000;
export const FOLLOWED_COMMITS = 500;

const newestCommits = (count: number): string =>
  `old.oid in (select oid from commit_seen order by position desc limit ${count})`;

/**
 * How long rows are kept, by table. Declared beside the migrations: whoever makes a table says here how it shrinks, or
 * below why it need not.
 */
export const retentions: readonly Retention[] = [
  { table: 'join_token', column: 'expires_at', days: 7 },
  { table: 'node_outcome', column: 'received_at', days: 400 },
  { table: 'node_event', column: 'received_at', days: 30 },
  { table: 'session', column: 'expires_at', days: 1 },
  { table: 'refresh_token', column: 'expires_at', days: 1 },
  { table: 'invitation', column: 'expires_at', days: 30 },
  { table: 'audit_entry', column: 'at', days: 400 },
  { table: 'commit_plan', column: 'at', days: 400 },
  { table: 'commit_tenant', column: 'seen_at', days: 400, unless: newestCommits(FOLLOWED_COMMITS) },
  { table: 'commit_seen', column: 'seen_at', days: 800, unless: newestCommits(KNOWN_COMMITS) },
  {
    table: 'tenant_run',
    column: 'at',
    days: 800,
    // A run ends where the next one begins: until that is old as well, it says what ran.
    unless: `not exists (select 1 from tenant_run later where later.tenant = old.tenant
      and (later.at, later.id) > (old.at, old.id) and later.at < $1)`,
  },
  {
    table: 'node_outbox',
    column: 'accepted_at',
    days: 400,
    // A node that comes back goes on with its newest one.
    unless: `not exists (select 1 from node_outbox later where later.node = old.node
      and (later.accepted_at, later.outbox) > (old.accepted_at, old.outbox))`,
  },
  { table: 'git_token', column: 'expires_at', days: 30 },
];

/** Tables that keep their rows, and why they do not grow for ever. */
export const staying: Readonly<Record<string, string>> = {
  account: 'one row a person',
  node: 'one row a node',
  tenant_status: 'one row a tenant and node, which its next status replaces',
  snapshot_piece: 'one row a tenant and node, which its next piece replaces',
  migrations: 'one row a migration',
};
