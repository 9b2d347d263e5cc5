import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventsOf } from '../../../web/fleet/events.ts';
import type { Database } from '../../../web/ports.ts';
import { emptyTables, openTestDatabase } from '../../support/database.ts';

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
    (await eventsOf(db, 'acme', { limit: 10, before: null, kind, place: 'worker-1' })).items.map(
      ({ type }) => type,
    );
  expect(await typesOf(null)).toEqual(types.toReversed());
  expect(await typesOf('pairing')).toEqual(['disconnected', 'connected']);
  expect(await typesOf('container')).toEqual(['container/start', 'container/die', 'container/start']);
  const first = await eventsOf(db, 'acme', { limit: 2, before: null, kind: 'container', place: 'worker-1' });
  expect(first.items).toHaveLength(2);
  const second = await eventsOf(db, 'acme', {
    limit: 2,
    before: first.next,
    kind: 'container',
    place: 'worker-1',
  });
  expect(second.items.map(({ at }) => at)).toEqual([0]);
  expect(second.next).toBeNull();
});

test('events are those of the nodes that have a tenant or had it, whatever others tell of it', async () => {
  await emptyTables(db, 'node_event', 'tenant_run', 'commit_seen');
  for (const [at, node] of ['worker-1', 'worker-2', 'worker-3', 'worker-4'].entries())
    await db.query(
      `insert into node_event (node, tenant, at, type, data, received_at) values ($1, 'acme', $2, 'connected', '{}', $2)`,
      [node, at],
    );
  const nodes = async (place: string | null): Promise<string[]> =>
    (await eventsOf(db, 'acme', { limit: 10, before: null, kind: null, place })).items.map(
      ({ node }) => node,
    );
  expect(await nodes('worker-2')).toEqual(['worker-2']);
  expect(await nodes(null)).toEqual([]);
  await db.query(
    `insert into tenant_run (tenant, node, at, state, phase) values ('acme', 'worker-1', 1, 'running', 'InSync')`,
  );
  await db.query(
    `insert into commit_seen (oid, position, author_name, author_email, subject, body, at, seen_at)
     values ('c1', 1, 'Ada', 'ada@example.com', 'move acme', '[]', 1, 1)`,
  );
  await db.query(
    `insert into commit_tenant (oid, tenant, node, kind, state, detail, seen_at)
     values ('c1', 'acme', 'worker-3', 'wanted', 'converged', '', 1)`,
  );
  expect(await nodes('worker-2')).toEqual(['worker-3', 'worker-2', 'worker-1']);
  expect(await nodes(null)).toEqual(['worker-3', 'worker-1']);
});
