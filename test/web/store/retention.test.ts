import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../web/ports.ts';
import { retentions, staying } from '../../../web/store/retention.ts';
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

  test('is said for every table that there is, or why it need not be', async () => {
    const rows = await database.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_name not like '%_thing'",
    );
    const said = [...retentions.map(({ table }) => table), ...Object.keys(staying)];
    expect(said.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
  });

  const kept = (sql: string) =>
    database.query<Record<string, unknown>>(sql).then((rows) => rows.map(Object.values));

  test('keeps the newest commits at any age, and with them the tenants of those that are followed', async () => {
    await database.query(
      `insert into commit_seen (oid, position, author_name, author_email, subject, body, at, seen_at)
       select 'c' || n, n, '', '', '', '[]', 0, case when n <= 5600 then 0 else $1::bigint end
       from generate_series(1, 5700) n`,
      [900 * day],
    );
    await database.query(
      `insert into commit_tenant (oid, tenant, node, kind, state, detail, seen_at)
       select oid, 'acme', 'worker-1', 'wanted', 'waiting', '', seen_at from commit_seen`,
    );
    const deleted = await deleteOld(database, retentions, 900 * day);
    expect(deleted).toEqual({ commit_tenant: 5200, commit_seen: 700 });
    const between = (table: string) =>
      kept(`select count(*), min(substr(oid, 2)::bigint), max(substr(oid, 2)::bigint) from ${table}`);
    expect(await between('commit_seen')).toEqual([[5000, 701, 5700]]);
    expect(await between('commit_tenant')).toEqual([[500, 5201, 5700]]);
  });

  test('keeps what runs, since whenever it does, and what ran until a moment that is not old', async () => {
    await database.query(
      `insert into tenant_run (tenant, node, at, state, phase)
       select tenant, 'worker-1', at::bigint, 'running', 'InSync'
       from (values ('acme', 1), ('acme', 1), ('acme', 2), ('acme', $1::bigint), ('acme', $2::bigint), ('quiet', 3)) as run (tenant, at)`,
      [850 * day, 1_000 * day],
    );
    // 800 days before: 200 days after the epoch.
    expect(await deleteOld(database, retentions, 1_000 * day)).toEqual({ tenant_run: 2 });
    expect(await kept('select tenant, at from tenant_run order by id')).toEqual([
      ['acme', 2],
      ['acme', 850 * day],
      ['acme', 1_000 * day],
      ['quiet', 3],
    ]);
    expect(await deleteOld(database, retentions, 1_000 * day)).toEqual({});
  });

  test('keeps the outbox with which a node goes on, however long it is away', async () => {
    await database.query(
      `insert into node_outbox (node, outbox, accepted, accepted_at)
       values ('away', 'a', 5, 1), ('away', 'b', 7, 2), ('here', 'a', 5, 1), ('here', 'b', 7, $1)`,
      [500 * day],
    );
    expect(await deleteOld(database, retentions, 500 * day)).toEqual({ node_outbox: 2 });
    expect(await kept('select node, outbox from node_outbox order by node')).toEqual([
      ['away', 'b'],
      ['here', 'b'],
    ]);
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
