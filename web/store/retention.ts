/** Rows of a table that are deleted when they are old. */
export interface Retention {
  readonly table: string;
  /** `bigint`, milliseconds since the epoch: when the row ceased to matter, or came. */
  readonly column: string;
  readonly days: number;
}

/**
 * How long rows are kept, by table; a table that is not named keeps its rows. Declared beside the migrations: whoever
 * makes a table that grows says here how it shrinks.
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
  { table: 'tenant_run', column: 'at', days: 800 },
  { table: 'git_token', column: 'expires_at', days: 30 },
];
