import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../web/ports.ts';
import { retentions } from '../../../web/store/retention.ts';
import { deleteOld } from '../../../web/store/retention-job.ts';
import { openTestDatabase } from '../../support/database.ts';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
}, 120_000);
afterAll(() => database.close());

const day = 86_400_000;

describe('retention', () => {
  test('deletes what is older than its days and nothing else, however many rows that are', async () => {
    await database.query('create table old_thing (id bigint, at bigint not null)');
    await database.query('create table kept_thing (at bigint not null)');
    await database.query('insert into old_thing select n, n from generate_series(1, 4500) n');
    const now = 40 * day;
    await database.query('insert into old_thing (id, at) values ($1, $2), ($3, $4)', [
      9_001,
      now - 30 * day,
      9_002,
      now,
    ]);
    await database.query('insert into kept_thing values (1)');
    const deleted = await deleteOld(database, [{ table: 'old_thing', column: 'at', days: 30 }], now);
    expect(deleted).toEqual({ old_thing: 4500 });
    expect(await database.query('select id from old_thing order by id')).toEqual([
      { id: 9001 },
      { id: 9002 },
    ]);
    expect(await database.query('select count(*) as n from kept_thing')).toEqual([{ n: 1 }]);
    expect(await deleteOld(database, [{ table: 'old_thing', column: 'at', days: 30 }], now)).toEqual({});
  });

  test('is said for tables and columns that are there, in milliseconds and with an index', async () => {
    const wrong: string[] = [];
    for (const { table, column } of retentions) {
      const [found] = await database.query<{ type: string }>(
        'select data_type as type from information_schema.columns where table_name = $1 and column_name = $2',
        [table, column],
      );
      if (found?.type !== 'bigint') wrong.push(`${table}.${column} is ${found?.type ?? 'not there'}`);
      const indexes = await database.query<{ def: string }>(
        'select indexdef as def from pg_indexes where tablename = $1',
        [table],
      );
      if (!indexes.some(({ def }) => new RegExp(`\\(${column}\\b`).test(def)))
        wrong.push(`${table} has no index that begins with ${column}`);
    }
    expect(wrong).toEqual([]);
  });

  test('no table keeps a moment without a time zone', async () => {
    const rows = await database.query(
      "select table_name, column_name from information_schema.columns where table_schema = 'public' and data_type = 'timestamp without time zone' and table_name <> 'migrations'",
    );
    expect(rows).toEqual([]);
  });
});
