import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../web/store/database.ts';
import { openTestDatabase, openTestDatabasesBy, silentLog } from '../../support/database.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';

/** Whatever asks the store with SQL of its own, once more on Postgres: the same tests, each on an empty database. */
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
  openTestDatabasesBy(async () =>
    openDatabase({ url: await server.database(), dir: '/unused', log: silentLog }),
  );
}, 120_000);
afterAll(() => server.remove());

test('the stores of the tests below are on Postgres', async () => {
  const database = await openTestDatabase();
  expect(database.kind).toBe('postgres');
  await database.close();
});

describe('on Postgres: retention', () => import('./retention.test.ts').then(nothing));
describe('on Postgres: sessions', () => import('../auth/sessions.test.ts').then(nothing));
describe('on Postgres: access tokens', () => import('../auth/access-tokens.test.ts').then(nothing));
describe('on Postgres: audit', () => import('../audit/audit.test.ts').then(nothing));
describe('on Postgres: Git tokens', () => import('../git-server/tokens.test.ts').then(nothing));
describe('on Postgres: enrolment and nodes', () => import('../api/nodes.test.ts').then(nothing));
describe('on Postgres: what nodes tell', () => import('../link/take-entries.test.ts').then(nothing));
describe('on Postgres: the node link', () => import('../link/node-link.test.ts').then(nothing));
describe('on Postgres: snapshots', () => import('../fleet/snapshot.test.ts').then(nothing));
describe('on Postgres: events', () => import('../fleet/events.test.ts').then(nothing));

function nothing(): void {
  // What is imported has told vitest its tests.
}
