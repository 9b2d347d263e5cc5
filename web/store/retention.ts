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
export const retentions: readonly Retention[] = [];
