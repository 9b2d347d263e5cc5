import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LinkEntry } from '../../../schemas/link/messages.ts';
import type { WireOutcome } from '../../../schemas/link/status.ts';
import { fleetOf } from '../../../web/fleet/fleet.ts';
import { FleetState } from '../../../web/fleet/fleet-state.ts';
import { LogDesk } from '../../../web/fleet/log-desk.ts';
import { History } from '../../../web/history/history.ts';
import { Tracker } from '../../../web/history/tracker.ts';
import type { TrackerParts } from '../../../web/history/tracker-parts.ts';
import { takeEntries } from '../../../web/link/take-entries.ts';
import type { Database } from '../../../web/ports.ts';
import { openDatabase } from '../../../web/store/database.ts';
import { emptyTables, openTestDatabase, silentLog } from '../../support/database.ts';
import { wireHead, wireStatus } from '../../support/fleet-double.ts';
import { git } from '../../support/git-repo.ts';
import { yaml } from '../../support/host.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { type DeskWorld, deskWorld } from '../../support/web-desk.ts';

let postgres: PostgresServer;
let world: DeskWorld;

beforeAll(async () => {
  postgres = await startPostgres();
}, 120_000);
afterAll(() => postgres.remove());

const engines = [
  ['postgres', async () => openDatabase({ url: await postgres.database(), dir: '/unused', log: silentLog })],
  ['embedded', openTestDatabase],
] as const;

const prompt = (text: string): string => yaml('Prompt', 'greeting', { text });
const say = (tenant: string, text: string): Record<string, string> => ({
  [`tenants/${tenant}/prompts/greeting.yaml`]: prompt(text),
});

interface Opened {
  readonly state: FleetState;
  readonly tracker: Tracker;
  readonly history: History;
}

/** The control node's memory of what became of commits; it may end at any time and be opened again. */
async function opened(db: Database, parts: Partial<TrackerParts> = {}): Promise<Opened> {
  const { branch, reader } = world;
  const state = await FleetState.load(db);
  const fleet = fleetOf({ db, state, logs: new LogDesk(), nodeOf: () => 'worker-1', now: Date.now });
  const usual = { database: db, branch, reader, fleet, log: silentLog, now: Date.now };
  const tracker = await Tracker.open({ ...usual, ...parts });
  const history = new History({
    database: db,
    fleet,
    positionOf: (revision) => tracker.positionOf(revision),
  });
  return { state, tracker, history };
}

describe.each(engines)('the history (%s)', (_kind, open) => {
  let db: Database;
  let now: Opened;
  let seq = 0;

  beforeAll(async () => {
    db = await open();
  }, 120_000);
  afterAll(() => db.close());
  beforeEach(async () => {
    world = await deskWorld();
    await emptyTables(
      db,
      'commit_seen',
      'node_outcome',
      'node_outbox',
      'tenant_status',
      'tenant_run',
      'node',
    );
    await db.query("insert into node (name) values ('worker-1')");
    seq = 0;
    now = await opened(db);
  });
  afterEach(async () => {
    await now.tracker.close();
    await world.close();
  });

  /** The node tells; `heard`: nobody but the store takes it, as when the process ends in between. */
  async function tell(entries: readonly LinkEntry[], heard = true): Promise<void> {
    const position = { node: 'worker-1', outbox: 'g1-x', accepted: seq };
    const received = entries.map((entry) => ({ seq: ++seq, from: seq, at: seq, entry }));
    await db.transaction((inside) => takeEntries(inside, position, received, Date.now()));
    if (!heard) return;
    for (const { seq: number, at, entry } of received) now.state.took('worker-1', number, at, entry);
    await now.tracker.settled();
    await now.tracker.settled();
  }

  const outcome = (tenant: string, revision: string, parts: Partial<WireOutcome> = {}): LinkEntry => ({
    kind: 'outcome',
    result: {
      tenant,
      revision,
      outcome: 'done',
      steps: ['reload it'],
      error: null,
      at: 1_000,
      ms: 5,
      ...parts,
    },
  });
  const status = (revision: string, ...tenants: string[]): LinkEntry => ({
    kind: 'status',
    head: wireHead('worker-1', revision),
    tenants: tenants.map((tenant) => wireStatus(tenant, { revision })),
    removed: [],
  });
  /** A commit that the branch has, and the tracker too. */
  async function committed(files: Record<string, string>): Promise<string> {
    const oid = world.meanwhile(files);
    await world.branch.refresh();
    await now.tracker.settled();
    return oid;
  }
  async function reopen(): Promise<void> {
    await now.tracker.close();
    now = await opened(db);
  }

  test('follows a commit to where it runs, with what the node did for it', async () => {
    const oid = await committed(say('acme', 'Hello.'));
    expect((await now.history.one(oid, null))?.tenants).toMatchObject([{ tenant: 'acme', state: 'waiting' }]);
    await tell([outcome('acme', oid), status(oid, 'acme', 'globex')]);
    const item = await now.history.one(oid, null);
    expect(item).toMatchObject({ affected: 1, converged: 1, outcomes: [{ tenant: 'acme', revision: oid }] });
    expect(await now.tracker.runAt('acme', Date.now())).toMatchObject({ commit: oid, containerId: 'c-acme' });
  });

  test('gives what was done at a later revision to the commit that asked for it', async () => {
    const wanted = await committed(say('acme', 'Hello.'));
    const other = await committed(say('globex', 'Hello.'));
    await tell([outcome('acme', other, { at: 1 }), outcome('globex', other, { at: 2 })]);
    expect((await now.history.one(wanted, null))?.outcomes).toMatchObject([{ tenant: 'acme' }]);
    expect((await now.history.one(other, null))?.outcomes).toMatchObject([{ tenant: 'globex' }]);
  });

  test('knows what a node did for a commit that it had before the control node', async () => {
    const oid = world.meanwhile(say('acme', 'Quick.'));
    await tell([outcome('acme', oid)]);
    await world.branch.refresh();
    await now.tracker.settled();
    expect((await now.history.one(oid, null))?.outcomes).toHaveLength(1);
  });

  test('misses nothing that was stored when the control node ended before it was told of', async () => {
    const oid = await committed(say('acme', 'Hello.'));
    await tell([outcome('acme', oid), status(oid, 'acme', 'globex')], false);
    expect(await now.history.one(oid, null)).toMatchObject({ converged: 0, outcomes: [] });
    await reopen();
    expect(await now.history.one(oid, null)).toMatchObject({ converged: 1, outcomes: [{ tenant: 'acme' }] });
    expect(await now.tracker.runAt('acme', Date.now())).toMatchObject({ commit: oid, phase: 'InSync' });
    // Once more is no more.
    await reopen();
    expect((await now.history.one(oid, null))?.outcomes).toHaveLength(1);
    expect(await db.query('select 1 from tenant_run')).toHaveLength(2);
  });

  test('follows on after a restart, also commits that came while the control node was away', async () => {
    const first = await committed(say('acme', 'One.'));
    await now.tracker.close();
    const second = world.meanwhile(say('acme', 'Two.'));
    const third = world.meanwhile(say('globex', 'Three.'));
    await world.branch.refresh();
    now = await opened(db);
    const { items, next } = await now.history.page(null, null, { limit: 3, before: null });
    expect(items.map(({ commit }) => commit.oid)).toEqual([third, second, first]);
    expect(next).toBe(first);
    const behind = [third, second, first].map((oid) => now.tracker.behind(oid));
    expect(behind).toEqual([0, 1, 2]);
    await tell([status(third, 'acme', 'globex')]);
    expect((await now.history.one(second, null))?.converged).toBe(1);
    const rest = await now.history.page(['acme'], null, { limit: 1, before: second });
    expect(rest.items.map(({ commit }) => commit.oid)).toEqual([first]);
  });

  /** So many commits, pushed while the control node was away. Answers the newest. */
  function many(count: number): string {
    const file = 'tenants/acme/prompts/greeting.yaml';
    const commits = Array.from({ length: count }, (_, index) => {
      const text = prompt(`Number ${index}.`);
      const from = index === 0 ? 'from refs/heads/main^0\n' : '';
      return `commit refs/heads/main\ncommitter Ada <ada@example.com> ${index} +0000\ndata 4\nmany\n${from}M 100644 inline ${file}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
    });
    git(world.bare, ['fast-import', '--quiet'], commits.join(''));
    return world.head();
  }

  test('catches up with all that came while the control node was away, however much that was', async () => {
    const first = await committed(say('acme', 'One.'));
    await now.tracker.close();
    const last = many(130);
    await world.branch.refresh();
    now = await opened(db);
    expect(now.tracker.behind(first)).toBe(130);
    expect(now.tracker.behind(last)).toBe(0);
    expect(await db.query('select count(*) as n from commit_seen where subject = $1', ['many'])).toEqual([
      { n: 130 },
    ]);
  }, 120_000);

  test('says between which commits the history has none, where it cannot catch up with all', async () => {
    const first = await committed(say('acme', 'One.'));
    await now.tracker.close();
    const last = many(7);
    await world.branch.refresh();
    const said: unknown[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => void said.push(JSON.parse(line)) });
    now = await opened(db, { catchUp: 4, log });
    const oldest = git(world.bare, ['rev-parse', `${last}~3`]);
    expect(said).toEqual([
      expect.objectContaining({
        after: first,
        before: oldest,
        msg: expect.stringMatching(/^more than 4 com/),
      }),
    ]);
    const { items } = await now.history.page(null, null, { limit: 5, before: null });
    expect(items.map(({ commit }) => commit.oid)).toEqual([
      ...[0, 1, 2, 3].map((back) => git(world.bare, ['rev-parse', `${last}~${back}`])),
      first,
    ]);
    // It goes on from there.
    const next = await committed(say('globex', 'Next.'));
    expect([now.tracker.behind(next), now.tracker.behind(oldest)]).toEqual([0, 4]);
    expect(said).toHaveLength(1);
  });

  test('begins with the newest commits where the branch is another one than it was', async () => {
    await db.query(
      `insert into commit_seen (oid, position, author_name, author_email, subject, body, at, seen_at)
       values ($1, 900, 'A', 'a@example.com', 'of another repository', '[]', 1, 1)`,
      ['a'.repeat(40)],
    );
    await now.tracker.close();
    now = await opened(db);
    const newest = await committed(say('acme', 'Here.'));
    expect(now.tracker.behind(newest)).toBe(0);
    expect(now.tracker.positionOf(newest)).toBeGreaterThan(900);
  });

  test('shows an owner his own tenants of a commit, and no commit of others alone', async () => {
    const both = await committed({ ...say('acme', 'Both.'), ...say('globex', 'Both.') });
    const other = await committed(say('globex', 'Other.'));
    await tell([outcome('acme', both, { at: 1 }), outcome('globex', both, { at: 2 })]);
    const mine = new Set(['acme']);
    const item = await now.history.one(both, mine);
    expect(item?.tenants.map(({ tenant }) => tenant)).toEqual(['acme']);
    expect(item?.outcomes).toEqual([expect.objectContaining({ tenant: 'acme' })]);
    expect(await now.history.one(other, mine)).toBeNull();
    const { items } = await now.history.page(null, mine, { limit: 5, before: null });
    expect(items.map(({ commit }) => commit.oid)).not.toContain(other);
  });
});
