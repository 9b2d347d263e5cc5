import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, Queryable } from '../ports.ts';
import { toParameters } from './parameters.ts';
import { StoreError } from './store-error.ts';

/** What an engine offers; everything that both do alike is added here. */
export interface Engine extends Queryable {
  readonly kind: Database['kind'];
  readonly connections: Database['connections'];
  transaction<T>(work: (inside: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Milliseconds that a transaction may take, from its first statement to its end. */
const TRANSACTION_MS = 30_000;

/**
 * The rules that hold on both engines: parameters are made alike, a transaction ends in time, and nothing inside of a
 * transaction asks the database around it. PGlite has one connection and would wait for itself for ever; Postgres would
 * answer from outside of the transaction, which nobody means.
 */
export function guarded(engine: Engine, transactionMs = TRANSACTION_MS): Database {
  const running = new AsyncLocalStorage<{ open: boolean }>();
  const refuseNested = (): void => {
    if (running.getStore()?.open !== true) return;
    throw new StoreError(
      'store/misused',
      'inside of a transaction, ask what the transaction was given, not the database; tell others after it ended',
    );
  };
  return {
    kind: engine.kind,
    connections: () => engine.connections(),
    async query<Row>(sql: string, parameters: readonly unknown[] = []) {
      refuseNested();
      return engine.query<Row>(sql, toParameters(parameters));
    },
    async transaction(work) {
      refuseNested();
      return engine.transaction((inside) => {
        const state = { open: true };
        const queryable: Queryable = {
          async query<Row>(sql: string, parameters: readonly unknown[] = []) {
            if (!state.open) throw new StoreError('store/misused', 'the transaction has ended already');
            return inside.query<Row>(sql, toParameters(parameters));
          },
        };
        return running
          .run(state, () => withDeadline(work(queryable), transactionMs))
          .finally(() => {
            state.open = false;
          });
      });
    },
    close: () => engine.close(),
  };
}

async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new StoreError('store/timeout', `a transaction was rolled back: it took more than ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
