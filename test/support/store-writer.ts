import { openDatabase } from '../../web/store/database.ts';
import { silentLog } from './database.ts';

/**
 * A process that opens the embedded store in the folder it is told and writes rows until it is killed, telling each
 * number on standard output once the store has said that it holds it.
 */
const [dir = ''] = process.argv.slice(2);
const database = await openDatabase({ dir, log: silentLog });
await database.query('create table if not exists written (n bigint primary key)');
const rows = await database.query<{ next: number }>('select coalesce(max(n), 0) + 1 as next from written');
for (let n = rows[0]?.next ?? 1; ; n++) {
  await database.query('insert into written (n) values ($1)', [n]);
  process.stdout.write(`${n}\n`);
}
