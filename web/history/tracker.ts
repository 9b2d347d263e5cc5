import pLimit from 'p-limit';
import type { Commit } from '../../desired-state/git/port.ts';
import type { PlanView, TenantRun } from '../api/models/edit.ts';
import type { Stop } from '../ports.ts';
import { storableMoment } from '../store/parameters.ts';
import { FOLLOWED_COMMITS, KNOWN_COMMITS } from '../store/retention.ts';
import { affectedTenants } from './affected.ts';
import * as store from './history-store.ts';
import { isSettled, standingOf } from './progress.ts';
import { openRuns, type Runs } from './runs.ts';
import type { TrackerParts } from './tracker-parts.ts';
import { unseenCommits } from './unseen.ts';

/** Milliseconds for which what tenants say is gathered before it is written. */
const GATHER_MS = 50;

/**
 * Follows each commit from the branch to where it runs: writes down which tenants it touched, how far each has come, what
 * the nodes did for it, and what ran when. What is written is the store's; lose it and only the past is not known.
 */
export class Tracker {
  readonly #parts: TrackerParts;
  readonly #runs: Runs;
  /** One thing after the other: a commit is written before what nodes say of it. */
  readonly #one = pLimit(1);
  readonly #positions = new Map<string, number>();
  /** By tenant, oldest commit first. */
  readonly #open = new Map<string, store.OpenRow[]>();
  readonly #changed = new Map<string, store.OpenRow>();
  /** What ran since it was last written down, and for whom nodes did something. */
  readonly #ran: store.RunRow[] = [];
  readonly #did = new Set<string>();
  readonly #listeners = new Set<(commit: string) => void>();
  #stops: readonly Stop[] = [];
  #last = 0;
  #timer: NodeJS.Timeout | null = null;

  private constructor(parts: TrackerParts, runs: Runs) {
    this.#parts = parts;
    this.#runs = runs;
  }

  /** Takes up where the store ends, and follows from there on. */
  static async open(parts: TrackerParts): Promise<Tracker> {
    const tracker = new Tracker(parts, await openRuns(parts.database));
    await tracker.#load();
    const { branch, fleet } = parts;
    tracker.#stops = [
      branch.onMoved((revision) => tracker.#do(() => tracker.#follow(revision))),
      fleet.onTenant((name) => tracker.#told(name)),
      fleet.onNode((name) => tracker.#nodeTold(name)),
      fleet.onOutcome((_node, { tenant }) => {
        tracker.#did.add(tenant);
        tracker.#soon();
      }),
    ];
    const head = branch.head();
    if (head !== null) tracker.#do(() => tracker.#follow(head));
    await tracker.settled();
    tracker.#catchUp();
    await tracker.settled();
    return tracker;
  }

  /** The place of a revision along the branch; null where it is not known. */
  positionOf(revision: string | null): number | null {
    return revision === null ? null : (this.#positions.get(revision) ?? null);
  }

  /** Commits between a revision and the newest; null where its place is not known. */
  behind(revision: string | null): number | null {
    const position = this.positionOf(revision);
    return position === null ? null : this.#last - position;
  }

  /** Resolves when the commit itself is written, too: who made it can follow it at once. */
  async keepPlan(commit: string, plan: PlanView): Promise<void> {
    const { database, now } = this.#parts;
    await this.#one(() => store.addPlan(database, commit, plan, now()));
    // Whoever was told of the commit before was told that it has none.
    this.#tell([commit]);
  }

  runAt(tenant: string, at: number): Promise<TenantRun | null> {
    return store.runAt(this.#parts.database, tenant, at);
  }

  /** Calls `listener` when a commit is there, or has come further. */
  onProgress(listener: (commit: string) => void): Stop {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves when what has happened until now is written. */
  async settled(): Promise<void> {
    this.#flush();
    await this.#one(() => undefined);
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.settled();
  }

  async #load(): Promise<void> {
    const { database } = this.#parts;
    for (const { oid, position } of await store.newestPositions(database, KNOWN_COMMITS)) {
      this.#positions.set(oid, position);
      this.#last = Math.max(this.#last, position);
    }
    const since = this.#last - FOLLOWED_COMMITS;
    for (const row of await store.openRows(database, since)) this.#watch(row);
    for (const { tenant, oid, position } of await store.touches(database, since))
      this.#runs.touched(tenant, oid, position);
  }

  #do(work: () => Promise<void>): void {
    void this.#one(work).catch((err: unknown) => {
      this.#parts.log.error({ err }, 'what became of a commit was not written down');
    });
  }

  /** What nodes said last is in the store with certainty; what it meant may not have been written when we ended. */
  #catchUp(): void {
    for (const name of new Set([...this.#parts.fleet.tenants().keys(), ...this.#open.keys()]))
      this.#told(name);
    this.#do(() => this.#attach({}));
  }

  /** Writes down the commits that came, oldest first. */
  async #follow(head: string): Promise<void> {
    if (this.#positions.has(head)) return;
    const newest = [...this.#positions].find(([, position]) => position === this.#last)?.[0] ?? null;
    const fresh = await unseenCommits(this.#parts, head, newest, (oid) => this.#positions.has(oid));
    for (const commit of fresh.toReversed()) await this.#add(commit);
  }

  async #add(commit: Commit): Promise<void> {
    const { reader, database, branch } = this.#parts;
    const [parent] = commit.parents;
    const before = parent === undefined ? null : (await reader.at(parent)).desired;
    const after = (await reader.at(commit.oid)).desired;
    const changes = parent === undefined ? [] : await branch.repository.changes(parent, commit.oid);
    const affected = affectedTenants(
      before,
      after,
      (changes ?? []).map(({ path }) => path),
    );
    const position = this.#last + 1;
    const rows = affected.map(({ tenant, node, kind, detail }): store.OpenRow => {
      const touched = { tenant, node, kind, position };
      const standing = this.#standing(touched);
      const told = { ...standing, detail: standing.detail || detail };
      return { oid: commit.oid, ...touched, at: null, ...told };
    });
    await store.addCommit(database, commit, position, rows, this.#parts.now());
    this.#last = position;
    this.#positions.set(commit.oid, position);
    for (const row of rows) {
      this.#watch(row);
      this.#runs.touched(row.tenant, row.oid, position);
    }
    this.#tell([commit.oid]);
    // A node may be quicker than we are.
    await this.#attach({ revision: commit.oid });
  }

  #watch(row: store.OpenRow): void {
    if (isSettled(row)) return;
    this.#open.set(row.tenant, [...(this.#open.get(row.tenant) ?? []), row]);
  }

  #standing(row: { tenant: string; node: string; kind: store.OpenRow['kind']; position: number }) {
    const { fleet } = this.#parts;
    return standingOf(row, fleet.tenant(row.tenant), fleet.node(row.node), (at) => this.positionOf(at));
  }

  #told(tenant: string): void {
    const { fleet, now } = this.#parts;
    this.#look(tenant);
    const facts = fleet.tenant(tenant);
    const run = facts && this.#runs.next(tenant, facts, this.positionOf(facts.status.revision));
    if (run === null) return;
    this.#ran.push({ tenant, ...run, at: storableMoment(run.at || now(), now()) });
    this.#soon();
  }

  /** A node that took over a revision, came or went says something of all its tenants. */
  #nodeTold(node: string): void {
    for (const [tenant, rows] of this.#open) if (rows.some((row) => row.node === node)) this.#look(tenant);
  }

  #look(tenant: string): void {
    const rows = this.#open.get(tenant);
    if (rows === undefined) return;
    const left: store.OpenRow[] = [];
    for (const row of rows) {
      const standing = this.#standing(row);
      const same = standing.state === row.state && standing.detail === row.detail;
      const next = same ? row : { ...row, ...standing, at: this.#parts.now() };
      if (!same) this.#changed.set(`${row.oid} ${row.tenant}`, next);
      if (!isSettled(next)) left.push(next);
    }
    if (left.length > 0) this.#open.set(tenant, left);
    else this.#open.delete(tenant);
    if (this.#changed.size > 0) this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    const [ran, tenants, rows] = [this.#ran.splice(0), [...this.#did], [...this.#changed.values()]];
    this.#did.clear();
    this.#changed.clear();
    if (ran.length > 0) this.#do(() => store.addRuns(this.#parts.database, ran));
    if (tenants.length > 0) this.#do(() => this.#attach({ tenants }));
    if (rows.length > 0)
      this.#do(async () => {
        await store.setStandings(this.#parts.database, rows);
        this.#tell(rows.map(({ oid }) => oid));
      });
  }

  /** Outcomes are in the store when they are told of; which commit they are of is said here. */
  async #attach(of: Parameters<typeof store.attachOutcomes>[1]): Promise<void> {
    this.#tell(await store.attachOutcomes(this.#parts.database, of));
  }

  #tell(commits: readonly string[]): void {
    for (const commit of new Set(commits)) for (const listener of this.#listeners) listener(commit);
  }
}
