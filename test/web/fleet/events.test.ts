import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventsOf } from '../../../web/fleet/events.ts';
import type { Database } from '../../../web/ports.ts';
import { openTestDatabase } from '../../support/database.ts';

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

test('events of a tenant are read page by page, newest first, all or of one kind', async () => {
  const types = ['container/start', 'connected', 'container/die', 'disconnected', 'container/start'];
  for (const [at, type] of types.entries())
    await db.query(
      `insert into node_event (node, tenant, at, type, data, received_at) values ('worker-1', 'acme', $1, $2, '{}', $1)`,
      [at, type],
    );
  await db.query(
    `insert into node_event (node, tenant, at, type, data, received_at) values ('worker-1', 'globex', 9, 'connected', '{}', 9)`,
  );
  const typesOf = async (kind: 'container' | 'pairing' | null): Promise<string[]> =>
    (await eventsOf(db, 'acme', { limit: 10, before: null, kind })).items.map(({ type }) => type);
  expect(await typesOf(null)).toEqual(types.toReversed());
  expect(await typesOf('pairing')).toEqual(['disconnected', 'connected']);
  expect(await typesOf('container')).toEqual(['container/start', 'container/die', 'container/start']);
  const first = await eventsOf(db, 'acme', { limit: 2, before: null, kind: 'container' });
  expect(first.items).toHaveLength(2);
  const second = await eventsOf(db, 'acme', { limit: 2, before: first.next, kind: 'container' });
  expect(second.items.map(({ at }) => at)).toEqual([0]);
  expect(second.next).toBeNull();
});
