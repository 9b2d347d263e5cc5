import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LinkEntry } from '../../../schemas/link/messages.ts';
import type { Database } from '../../../web/ports.ts';
import { openDatabase } from '../../../web/store/database.ts';
import { type ControlProcess, startControlProcess } from '../../support/control-process.ts';
import { silentLog } from '../../support/database.ts';
import { type FixtureRepository, makeRepository } from '../../support/git-repo.ts';
import { yaml } from '../../support/host.ts';
import { type LinkedNode, linkedNode } from '../../support/linked-node.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';

let postgres: PostgresServer;
let repository: FixtureRepository;
let control: ControlProcess | null = null;
let node: LinkedNode | null = null;
let teller: ChildProcess | null = null;

beforeAll(async () => {
  postgres = await startPostgres();
  repository = makeRepository(null);
  repository.commit({
    'tenantry.yaml': yaml('Platform', 'test', {}),
    'nodes/worker-1.yaml': yaml('Node', 'worker-1', {}),
  });
}, 120_000);
afterEach(async () => {
  teller?.kill('SIGKILL');
  teller = null;
  await node?.close();
  node = null;
  await control?.close();
  control = null;
}, 60_000);
afterAll(async () => {
  await postgres?.remove();
  repository?.remove();
});

const event = (number: number): LinkEntry => ({
  kind: 'event',
  tenant: 'acme',
  at: number,
  type: 'container/die',
  data: { number },
});
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Numbers of the events in the store, in the order in which they were taken. */
async function stored(db: Database): Promise<number[]> {
  const rows = await db.query<{ data: { number: number } }>(
    "select data from node_event where type = 'container/die' order by id",
  );
  return rows.map(({ data }) => data.number);
}

/** How many entries the control node has said that it has. */
const acknowledged = ({ outbox }: LinkedNode): number => outbox.first - 1;

/** A control node, with a node that is linked to it from a folder of its own. */
async function linked(databaseUrl?: string): Promise<{ web: ControlProcess; end: LinkedNode }> {
  control = await startControlProcess({
    repo: repository.dir,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  });
  node = await linkedNode('worker-1');
  await control.join('worker-1', node.dir);
  return { web: control, end: node };
}

describe.each(['embedded', 'postgres'] as const)('a control node that is killed (%s)', (kind) => {
  test('again and again amid a stream of entries has each of them once and in order', async () => {
    const url = kind === 'postgres' ? await postgres.database() : undefined;
    const { web, end } = await linked(url);
    end.start(web.url);
    let told = 0;
    const stop = new AbortController();
    const telling = (async () => {
      while (!stop.signal.aborted) {
        await end.outbox.append(event(++told));
        if (told % 10 === 0) await sleep(5);
      }
    })();
    for (let round = 1; round <= 2; round++) {
      const before = acknowledged(end);
      await expect.poll(() => acknowledged(end), { interval: 1 }).toBeGreaterThan(before + 50 * round);
      await web.kill();
      await web.start();
    }
    stop.abort();
    await telling;
    await expect.poll(() => acknowledged(end), { timeout: 60_000 }).toBe(told);
    await end.stop();
    await web.stop();
    expect(end.lost).toBe(0);
    const db = await openDatabase({
      ...(url === undefined ? {} : { url }),
      dir: join(web.dataDir, 'store'),
      log: silentLog,
    });
    expect(await stored(db)).toEqual(upTo(told));
    await db.close();
  }, 180_000);
});

describe('a control node that is killed', () => {
  test('between taking an entry and writing it has not acknowledged it, and is told it again', async () => {
    const url = await postgres.database();
    const { web, end } = await linked(url);
    const db = await openDatabase({ url, dir: '/unused', log: silentLog });
    end.start(web.url);
    await end.outbox.append(event(1));
    await expect.poll(() => acknowledged(end)).toBe(1);
    // Who holds the table keeps the control node in the midst of its transaction, with the entries in its hands.
    const held = Promise.withResolvers<void>();
    const free = Promise.withResolvers<void>();
    const holding = db.transaction(async (inside) => {
      await inside.query('lock table node_event in exclusive mode');
      held.resolve();
      await free.promise;
    });
    await held.promise;
    for (const number of [2, 3, 4]) await end.outbox.append(event(number));
    const waiting =
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%node_event%'";
    await expect.poll(async () => (await db.query(waiting)).length).toBe(1);
    expect(acknowledged(end)).toBe(1);
    await web.kill();
    free.resolve();
    await holding;
    // What the killed one had begun is undone when Postgres finds it gone.
    const writing = "select 1 from pg_stat_activity where query like 'insert into node_event%'";
    await expect.poll(async () => (await db.query(writing)).length).toBe(0);
    expect(await stored(db)).toEqual([1]);
    await web.start();
    await expect.poll(() => acknowledged(end), { timeout: 30_000 }).toBe(4);
    expect(await stored(db)).toEqual([1, 2, 3, 4]);
    expect(end.lost).toBe(0);
    await db.close();
  }, 120_000);
});

describe('a node that is killed', () => {
  test('again and again while it tells has told all that its outbox kept, once and in order', async () => {
    const url = await postgres.database();
    const { web, end } = await linked(url);
    const db = await openDatabase({ url, dir: '/unused', log: silentLog });
    // What is kept is the process's below: this end was for joining.
    await end.outbox.close();
    let last = 0;
    for (let round = 1; round <= 3; round++) {
      const before = last;
      const program = join(import.meta.dirname, '../../support/link-teller.ts');
      teller = spawn(process.execPath, [program, end.dir, web.url, String(last + 1)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      if (teller.stdout === null) throw new Error('the teller has no output');
      createInterface({ input: teller.stdout }).on('line', (line) => {
        last = Number(line);
      });
      await expect.poll(() => last, { interval: 1 }).toBeGreaterThan(before + 100 * round);
      const closed = once(teller, 'close');
      teller.kill('SIGKILL');
      await closed;
    }
    node = await linkedNode('worker-1', end.dir);
    node.start(web.url);
    const { outbox } = node;
    await expect.poll(() => outbox.first > outbox.last, { timeout: 60_000 }).toBe(true);
    const numbers = await stored(db);
    // A number that was kept and not said when the process ended is told again by the next one.
    const twice = numbers.filter((number, index) => numbers[index - 1] === number);
    expect(twice.length).toBeLessThanOrEqual(3);
    expect(numbers.filter((number, index) => numbers[index - 1] !== number)).toEqual(
      upTo(numbers.at(-1) ?? 0),
    );
    expect(numbers.at(-1)).toBeGreaterThanOrEqual(last);
    await db.close();
  }, 180_000);
});
