import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../web/ports.ts';
import { openDatabase } from '../../../web/store/database.ts';
import { asJson } from '../../../web/store/parameters.ts';
import { isTaken, sqlState } from '../../../web/store/store-error.ts';
import { silentLog } from '../../support/database.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';

let postgres: PostgresServer;
const dir = mkdtempSync(join(tmpdir(), 'tenantry-store-'));

beforeAll(async () => {
  postgres = await startPostgres();
}, 120_000);
afterAll(async () => {
  await postgres.remove();
  rmSync(dir, { recursive: true, force: true });
});

const engines = [
  ['postgres', async () => openDatabase({ url: await postgres.database(), dir, log: silentLog })],
  ['embedded', () => openDatabase({ dir: join(dir, 'embedded'), log: silentLog })],
] as const;

describe.each(engines)('the store (%s)', (kind, open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
    await database.query(
      'create table thing (id bigint primary key, data jsonb, words text[], raw bytea, day date, seen timestamptz, told text)',
    );
  }, 120_000);
  afterAll(async () => {
    await database.close();
  });

  const stored = async <T>(column: string, value: unknown): Promise<T> => {
    await database.query('delete from thing');
    await database.query(`insert into thing (id, ${column}) values (1, $1)`, [value]);
    const rows = await database.query<Record<string, T>>(`select ${column} from thing`);
    return rows[0]?.[column] as T;
  };

  test('says what it is, and holds every table of the migrations', async () => {
    expect(database.kind).toBe(kind);
    expect(await database.query('select name from git_token')).toEqual([]);
    const ran = await database.query<{ name: string }>('select name from migrations');
    expect(ran.length).toBeGreaterThan(0);
  });

  test('a bigint is a number as long as a number can hold it, also what count answers', async () => {
    await database.query('delete from thing');
    for (const id of [Number.MAX_SAFE_INTEGER, 2n ** 63n - 1n, -7])
      await database.query('insert into thing (id) values ($1)', [id]);
    const rows = await database.query<{ id: unknown }>('select id from thing order by id');
    expect(rows.map(({ id }) => id)).toEqual([-7, 9_007_199_254_740_991, 9_223_372_036_854_775_807n]);
    expect(await database.query('select count(*) as n from thing')).toEqual([{ n: 3 }]);
  });

  test('JSON comes back as it went in: objects by themselves, everything else as JSON text', async () => {
    const value = { b: [1, { deep: 'ä "quoted" \\ 🐘' }], a: null, n: 1.5 };
    expect(await stored('data', value)).toEqual(value);
    expect(await stored('data', asJson([{ a: 1 }, 'two']))).toEqual([{ a: 1 }, 'two']);
    expect(await stored('data', asJson('text'))).toBe('text');
    await expect(stored('data', [{ a: 1 }])).rejects.toThrow(/holds objects/);
    await expect(stored('data', ['a', 'b'])).rejects.toThrow();
  });

  test('what no Postgres can store in text is replaced, in keys as well', async () => {
    expect(await stored('told', 'a\u0000b\ud800c')).toBe('a\ufffdb\ufffdc');
    expect(await stored('data', { 'k\u0000': 'v\udc00', kept: '\\u0000 😀' })).toEqual({
      'k\ufffd': 'v\ufffd',
      kept: '\\u0000 😀',
    });
  });

  test('lists, bytes, days and moments are alike', async () => {
    expect(await stored('words', ['a,b', '"c"', '{d}', 'NULL', ''])).toEqual([
      'a,b',
      '"c"',
      '{d}',
      'NULL',
      '',
    ]);
    expect(await stored('raw', Uint8Array.of(0, 255, 16))).toEqual(Buffer.from([0, 255, 16]));
    expect(await stored('day', '2026-03-29')).toBe('2026-03-29');
    const moment = new Date('2026-03-29T01:30:00.123Z');
    expect(await stored('seen', moment)).toEqual(moment);
    expect(await stored('told', null)).toBeNull();
  });

  test('a parameter that is undefined is a mistake, not a null', async () => {
    await expect(database.query('select $1::text', [undefined])).rejects.toThrow('parameter $1 is undefined');
  });

  test('a list answers what is in it', async () => {
    const rows = await database.query(
      'select word from unnest($1::text[]) as word where word = any($2::text[])',
      [
        ['a', 'b', 'c'],
        ['b', 'c', 'd'],
      ],
    );
    expect(rows).toEqual([{ word: 'b' }, { word: 'c' }]);
  });

  test('errors carry the code of Postgres', async () => {
    await database.query('delete from thing');
    await database.query('insert into thing (id) values (5)');
    const twice = await database.query('insert into thing (id) values (5)').catch((error: unknown) => error);
    expect(isTaken(twice)).toBe(true);
    const unknown = await database.query('select nothing from nowhere').catch((error: unknown) => error);
    expect(sqlState(unknown)).toBe('42P01');
    expect(isTaken(unknown)).toBe(false);
  });

  test('a transaction that fails leaves nothing; one that ends well leaves all', async () => {
    await database.query('delete from thing');
    const failing = database.transaction(async (inside) => {
      await inside.query('insert into thing (id) values (1)');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await database.query('select id from thing')).toEqual([]);
    const answer = await database.transaction(async (inside) => {
      await inside.query('insert into thing (id) values (1)');
      await inside.query('insert into thing (id) values (2)');
      return 'both';
    });
    expect(answer).toBe('both');
    expect(await database.query('select id from thing order by id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test('a transaction with a failed statement that nobody minded is not taken for done', async () => {
    await database.query('delete from thing');
    const overlooked = database.transaction(async (inside) => {
      await inside.query('insert into thing (id) values (1)');
      await inside.query('select nothing from nowhere').catch(() => undefined);
    });
    await expect(overlooked).rejects.toThrow();
    expect(await database.query('select id from thing')).toEqual([]);
  });

  test('asking around a transaction from inside of it is refused at once', async () => {
    const around = database.transaction(async () => {
      await database.query('select 1');
    });
    await expect(around).rejects.toThrow(/inside of a transaction/);
    const within = database.transaction(async () => database.transaction(async () => undefined));
    await expect(within).rejects.toThrow(/inside of a transaction/);
    expect(await database.query('select 1 as n')).toEqual([{ n: 1 }]);
  });

  test('what a transaction was given is of no use after it', async () => {
    const leaked = await database.transaction(async (inside) => ({ inside }));
    await expect(leaked.inside.query('select 1')).rejects.toThrow(/has ended/);
  });

  test('forty writers at once lose no update', async () => {
    await database.query('delete from thing');
    await database.query(`insert into thing (id, data) values (1, '{"n": 0}')`);
    const add = `update thing set data = jsonb_set(data, '{n}', to_jsonb((data->>'n')::int + 1)) where id = 1`;
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        index % 2 === 0
          ? database.query(add)
          : database.transaction(async (inside) => {
              await inside.query('select id from thing where id = 1 for update');
              await inside.query(add);
            }),
      ),
    );
    expect(await database.query('select data from thing')).toEqual([{ data: { n: 40 } }]);
  });

  test('closing twice is closing once', async () => {
    const other = await open().catch((error: unknown) => error);
    // The embedded one lets nobody else in; Postgres does.
    if (other instanceof Error) return expect(other.message).toMatch(/is in use by process \d+/);
    await (other as Database).close();
    await (other as Database).close();
  });
});
