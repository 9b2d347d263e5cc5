import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blankMemory } from '../../../reconciler/plan/memory.ts';
import { nothingObserved } from '../../../reconciler/plan/observed.ts';
import type { SharedPiece, TenantPiece } from '../../../reconciler/plan/snapshot.ts';
import type { LinkEntry } from '../../../schemas/link/messages.ts';
import type { Received } from '../../../web/link/stretches.ts';
import { takeEntries } from '../../../web/link/take-entries.ts';
import type { Database } from '../../../web/ports.ts';
import { emptyTables, openTestDatabase } from '../../support/database.ts';
import { wireHead, wireStatus } from '../../support/fleet-double.ts';

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const someTenants = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'));
/** Mostly nobody goes. */
const rarely = <T>(usual: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const going = {
  removed: rarely<string[]>([], someTenants),
  present: rarely<string[] | undefined>(undefined, someTenants),
};
const someRevision = fc.constantFrom('1', '2');
const digest = fc.constantFrom('1', '2').map((digit) => digit.repeat(64));

const piece: TenantPiece = {
  observed: nothingObserved,
  memory: blankMemory,
  volumes: [],
  strangers: {},
  fingerprints: {},
};
const nothingShared: SharedPiece = {
  networks: [],
  images: {},
  swapLimit: true,
  folders: { dataDir: '/data', secretsDir: '/secrets' },
};

const status = fc
  .record({
    base: someRevision,
    revision: fc.option(someRevision),
    tenants: someTenants,
    since: fc.nat(9),
    ...going,
  })
  .map(({ base, revision, tenants, since, ...gone }): LinkEntry => {
    const statuses = tenants.map((tenant) => wireStatus(tenant, { revision, since }));
    return { kind: 'status', head: wireHead('', base), tenants: statuses, ...known(gone) };
  });
const snapshot = fc
  .record({ tenants: someTenants, digest, shared: fc.boolean(), ...going })
  .map(({ tenants, digest: sum, shared, ...gone }): LinkEntry => {
    const pieces = tenants.map((tenant) => ({
      tenant,
      digest: sum,
      value: { ...piece, strangers: { of: sum } },
    }));
    const common = shared
      ? { shared: { digest: sum, value: { ...nothingShared, images: { [sum]: true } } } }
      : {};
    return { kind: 'snapshot', tenants: pieces, ...common, ...known(gone) };
  });
const outcome = fc.constantFrom('a', 'b').map((tenant): LinkEntry => {
  const result = { tenant, revision: '1', outcome: 'done', steps: [], error: null, at: 1, ms: 1 } as const;
  return { kind: 'outcome', result: { ...result, steps: [] } };
});
const event = fc
  .record({
    tenant: fc.option(fc.constantFrom('a', 'b')),
    once: fc.option(digest.map((sum) => sum.slice(32))),
  })
  .map(({ tenant, once }): LinkEntry => {
    const told = { kind: 'event', tenant, at: 1, type: 'connected', data: {} } as const;
    return once === null ? told : { ...told, once };
  });

/** A field that is not there is not sent. */
function known({ removed, present }: { removed: string[]; present: string[] | undefined }) {
  return present === undefined ? { removed } : { removed, present };
}

test('entries that are taken together come to what they come to one by one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(status, snapshot, outcome, event), { maxLength: 12 }),
      async (entries) => {
        await emptyTables(
          db,
          'node',
          'node_outbox',
          'tenant_status',
          'snapshot_piece',
          'node_outcome',
          'node_event',
        );
        const received = entries.map(
          (entry, index): Received => ({ seq: index + 1, from: index + 1, at: index, entry }),
        );
        for (const node of ['together', 'one-by-one'])
          await db.query('insert into node (name) values ($1)', [node]);
        const take = (node: string, some: readonly Received[]) => {
          const position = { node, outbox: 'o', accepted: (some[0]?.seq ?? 1) - 1 };
          return db.transaction((inside) => takeEntries(inside, position, some, 100));
        };
        const together = await take('together', received);
        const single = [];
        for (const each of received) single.push(...(await take('one-by-one', [each])));
        expect(await storedOf('together')).toEqual(await storedOf('one-by-one'));
        const told = (events: typeof together) => events.map(({ tenant, at }) => [tenant, at]);
        expect(told(together)).toEqual(told(single));
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);

async function storedOf(node: string): Promise<unknown> {
  const rows = (sql: string) => db.query(sql, [node]);
  return [
    await rows('select head, head_at, last_seen from node where name = $1'),
    await rows('select tenant, revision, status, at from tenant_status where node = $1 order by tenant'),
    await rows('select tenant, digest, value, at from snapshot_piece where node = $1 order by tenant'),
    await rows(
      'select tenant, revision, at, outcome, received_at from node_outcome where node = $1 order by id',
    ),
    await rows('select tenant, at, type, data, once from node_event where node = $1 order by id'),
  ];
}
