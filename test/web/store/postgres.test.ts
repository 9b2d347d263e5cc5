import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../web/store/database.ts';
import { openPostgres } from '../../../web/store/postgres.ts';
import { silentLog } from '../../support/database.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 120_000);
afterAll(() => server.remove());

describe('the store on Postgres', () => {
  test('two control nodes that start at once bring the tables up to date once', async () => {
    const url = await server.database();
    const both = await Promise.all([1, 2].map(() => openDatabase({ url, dir: '/unused', log: silentLog })));
    const [first] = both;
    const rows = await first?.query('select name from migrations group by name having count(*) > 1');
    expect(rows).toEqual([]);
    await Promise.all(both.map((database) => database.close()));
  });

  test('goes on after the server crashed, and a transaction that it interrupted left nothing', async () => {
    const database = await openDatabase({ url: await server.database(), dir: '/unused', log: silentLog });
    await database.query('create table thing (id bigint)');
    const interrupted = database.transaction(async (inside) => {
      await inside.query('insert into thing (id) values (1)');
      await server.kill();
      await inside.query('insert into thing (id) values (2)');
    });
    await expect(interrupted).rejects.toThrow();
    await expect(database.query('select 1')).rejects.toThrow();
    await server.start();
    await expect.poll(() => database.query('select id from thing').catch(() => 'not yet')).toEqual([]);
    await database.close();
  }, 60_000);

  test('a statement that takes too long is ended by the server', async () => {
    const database = await openDatabase({ url: await server.database(), dir: '/unused', log: silentLog });
    const rows = await database.query<{ statement_timeout: string }>('show statement_timeout');
    expect(rows).toEqual([{ statement_timeout: '30s' }]);
    const slow = database.transaction(async (inside) => {
      await inside.query("set local statement_timeout = '50ms'");
      await inside.query('select pg_sleep(20)');
    });
    await expect(slow).rejects.toMatchObject({ code: '57014' });
    await database.close();
  });

  test('that nobody answers for is told without the password', async () => {
    const url = 'postgres://tenantry:hunter2@127.0.0.1:1/tenantry';
    const failed = await openPostgres(url, silentLog, 0).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'store/unreachable' });
    expect((failed as Error).message).toContain('ECONNREFUSED');
    expect((failed as Error).message).not.toContain('hunter2');
  });

  test('that takes a connection and never speaks is given up', async () => {
    const silent: Server = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const opening = openPostgres(`postgres://a:b@127.0.0.1:${port}/c`, silentLog, 0);
    await expect(opening).rejects.toMatchObject({ code: 'store/unreachable' });
    silent.close();
  }, 30_000);
});
