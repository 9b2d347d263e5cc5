import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Database, Queryable } from '../ports.ts';

export interface StoreMetrics {
  /** The same store, each statement and transaction of which is timed. */
  readonly database: Database;
  /** Rows that retention deleted, by table. */
  retained(deleted: Readonly<Record<string, number>>): void;
  /** A run of retention came to its end, or failed. */
  retentionEnded(outcome: 'done' | 'failed'): void;
}

/** Tells Prometheus of the store: how long it takes, what fails, who waits for a connection, what retention deletes. */
export function measureStore(database: Database, registry: Registry): StoreMetrics {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'tenantry_store_seconds',
    help: 'How long statements and transactions of the store took, with what they waited for.',
    labelNames: ['what', 'outcome'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 30],
    registers,
  });
  const rows = new Counter({
    name: 'tenantry_store_retention_rows_total',
    help: 'Rows that were deleted because they were old.',
    labelNames: ['table'],
    registers,
  });
  const runs = new Counter({
    name: 'tenantry_store_retention_runs_total',
    help: 'How often old rows were looked for.',
    labelNames: ['outcome'],
    registers,
  });
  gaugeConnections(database, registry);
  const timed = async <T>(what: 'statement' | 'transaction', work: () => Promise<T>): Promise<T> => {
    const end = seconds.startTimer({ what });
    try {
      const answer = await work();
      end({ outcome: 'done' });
      return answer;
    } catch (error) {
      end({ outcome: 'failed' });
      throw error;
    }
  };
  const timing = (inside: Queryable): Queryable => ({
    query: (sql, parameters) => timed('statement', () => inside.query(sql, parameters)),
  });
  return {
    database: {
      kind: database.kind,
      connections: () => database.connections(),
      query: (sql, parameters) => timed('statement', () => database.query(sql, parameters)),
      transaction: (work) =>
        timed('transaction', () => database.transaction((inside) => work(timing(inside)))),
      close: () => database.close(),
    },
    retained(deleted) {
      for (const [table, count] of Object.entries(deleted)) rows.inc({ table }, count);
    },
    retentionEnded: (outcome) => runs.inc({ outcome }),
  };
}

function gaugeConnections(database: Database, registry: Registry): void {
  new Gauge({
    name: 'tenantry_store_connections',
    help: 'Connections to the database by state, and callers that wait for one.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { busy, idle, waiting } = database.connections();
      this.set({ state: 'busy' }, busy);
      this.set({ state: 'idle' }, idle);
      this.set({ state: 'waiting' }, waiting);
    },
  });
}
