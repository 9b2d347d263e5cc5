import { afterAll, beforeAll, expect, test } from 'vitest';
import { blankMemory } from '../../../reconciler/plan/memory.ts';
import { nothingObserved } from '../../../reconciler/plan/observed.ts';
import type { SharedPiece, TenantPiece } from '../../../reconciler/plan/snapshot.ts';
import { isSharedPiece, isTenantPiece } from '../../../schemas/link/decode.ts';
import type { LinkEntry } from '../../../schemas/link/messages.ts';
import { fleetOf } from '../../../web/fleet/fleet.ts';
import { FleetState } from '../../../web/fleet/fleet-state.ts';
import { LogDesk } from '../../../web/fleet/log-desk.ts';
import { takeEntries } from '../../../web/link/take-entries.ts';
import type { Database, Fleet } from '../../../web/ports.ts';
import { openTestDatabase } from '../../support/database.ts';

const piece: TenantPiece = {
  observed: nothingObserved,
  memory: blankMemory,
  volumes: [],
  strangers: {},
  fingerprints: { token: null },
};
const shared: SharedPiece = {
  networks: [],
  images: { 'registry.example.com/runtime:v1.0.0': true },
  swapLimit: true,
  folders: { dataDir: '/data', secretsDir: '/secrets' },
};

let db: Database;
let fleet: Fleet;
let seq = 0;
beforeAll(async () => {
  db = await openTestDatabase();
  fleet = fleetOf({
    db,
    state: new FleetState(),
    logs: new LogDesk(),
    nodeOf: () => 'worker-1',
    now: Date.now,
  });
});
afterAll(() => db.close());

async function tell(parts: Partial<Extract<LinkEntry, { kind: 'snapshot' }>>): Promise<void> {
  seq += 1;
  const entry: LinkEntry = { kind: 'snapshot', tenants: [], removed: [], ...parts };
  const position = { node: 'worker-1', outbox: 'o1', accepted: seq - 1 };
  await db.transaction((inside) => takeEntries(inside, position, [{ seq, from: seq, at: seq, entry }], seq));
}
const digest = 'a'.repeat(64);

test('a node is planned for from its pieces, and not while one of them is none that planning can read', async () => {
  expect(await fleet.snapshot('worker-1')).toBeNull();
  await tell({ shared: { digest, value: shared }, tenants: [{ tenant: 'acme', digest, value: piece }] });
  expect(await fleet.snapshot('worker-1')).toMatchObject({
    observed: { tenants: { acme: nothingObserved }, images: shared.images },
    fingerprints: { acme: { token: null } },
    swapLimit: true,
  });
  const { memory: _, ...halved } = piece;
  await tell({ tenants: [{ tenant: 'acme', digest, value: halved }] });
  expect(await fleet.snapshot('worker-1')).toBeNull();
  expect(await fleet.observed('acme')).toBeNull();
  await tell({ tenants: [{ tenant: 'acme', digest, value: piece }] });
  expect(await fleet.observed('acme')).toEqual(nothingObserved);
  await tell({ shared: { digest, value: { ...shared, folders: null } } });
  expect(await fleet.snapshot('worker-1')).toBeNull();
  await tell({ shared: { digest, value: shared } });
  expect(await fleet.snapshot('worker-1')).not.toBeNull();
});

test('a newer node may say more in its pieces', () => {
  expect(isTenantPiece({ ...piece, more: 1 })).toBe(true);
  expect(isSharedPiece({ ...shared, more: 1 })).toBe(true);
  // What passes is of the types that planning reads, also by the compiler.
  const value: unknown = piece;
  const read: TenantPiece | null = isTenantPiece(value) ? value : null;
  expect(read).toBe(piece);
});
