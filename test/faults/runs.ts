import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeStatus } from '../../reconciler/report/status.ts';
import { isChange, now } from './docker/record.ts';
import { finalState, phases } from './oracle/final-state.ts';
import { differencesFrom, type Expected } from './oracle/judge.ts';
import type { Change, Workload } from './workloads/workload.ts';
import type { Revisions } from './world/revisions.ts';
import type { Outcome, World } from './world/world.ts';

/** What happened from the change on, until a new reconciler has its turn. */
export interface Run {
  readonly outcomes: Outcome[];
  /** Until when removals were held; null for never. */
  readonly held: number | null;
  /** What a reconciler that goes on did not come to by itself; null where none went on to the end. */
  readonly leftUndone: readonly string[] | null;
}

/** What a reconciler that goes on is held to. */
export interface LoopTerms {
  /** Whether ticks and polls come in time to find what no event told. */
  readonly ticks: boolean;
  /** What the fault-free run came to; null in that run itself. */
  readonly expected: Expected | null;
  /** Whether another hand changed the subject; see `Case`. */
  readonly meddled: boolean;
  /** Whether the fault fills the node's disk until it is taken away. */
  readonly diskFull: boolean;
  /** Whether the fault that is armed, if any, has happened. */
  readonly happened: () => boolean;
  /** Takes the fault away. Answers whether the loop was ended by it, as it should: then nothing is expected of it. */
  readonly disarm: () => Promise<boolean>;
}

const tickMs = 250;
/** Longer than any trial. */
const neverMs = 10 * 60_000;
/** So long without a changing call, and it is quiet; and longer than the first pauses after a failure. */
const quietMs = 750;
const patientMs = 2_500;
/** A loop has so long to converge after the fault, its own pauses between tries included. */
const loopMs = 45_000;

export async function runOnce(world: World, workload: Workload, revisions: Revisions): Promise<Run> {
  const outcomes: Outcome[] = [];
  let held: number | null = null;
  for (const [index, change] of workload.changes.entries()) {
    await make(world, change, revisions.changes[index] ?? '');
    outcomes.push(await world.once(1, true));
    if (change.held === true) held = now();
  }
  return { outcomes, held, leftUndone: null };
}

/** The loop has to get there by itself: what a new reconciler would do is not what it has done. */
export async function runLoop(
  world: World,
  workload: Workload,
  revisions: Revisions,
  terms: LoopTerms,
): Promise<Run> {
  let held: number | null = null;
  const outcomes: Outcome[] = [];
  const started = await world.loop(terms.ticks ? tickMs : neverMs);
  if (started !== null) {
    // It did not come up: what changes all the same is found by the one that is started after it.
    for (const [index, change] of workload.changes.entries()) {
      await make(world, change, revisions.changes[index] ?? '');
    }
    return { outcomes: [started], held, leftUndone: null };
  }
  const handFirst = workload.changes[0]?.hand !== undefined;
  if (!terms.ticks || handFirst) await untilListening(world);
  for (const [index, change] of workload.changes.entries()) {
    await make(world, change, revisions.changes[index] ?? '');
    const last = index === workload.changes.length - 1;
    const there = async (): Promise<boolean> =>
      last && terms.happened() && (await missing(world, workload, terms)).length === 0;
    await untilQuiet(world, there);
    if (change.held === true) held = now();
  }
  const unmended = await unmendedWhileFull(world, workload, terms);
  const endedByFault = await terms.disarm();
  const lives = world.alive && !endedByFault;
  const undone = lives ? await untilNothing(world, () => missing(world, workload, terms)) : null;
  const leftUndone = undone === null ? null : [...unmended, ...undone];
  const ended = await world.stopLoop();
  if (ended !== null) outcomes.push(ended);
  return { outcomes, held, leftUndone: world.alive ? leftUndone : null };
}

async function make(world: World, { hand }: Change, revision: string): Promise<void> {
  if (hand === undefined) world.push(revision);
  else await world.otherHand.meddle(hand);
}

/** What happened before it was listened for is found by the first look: then nobody needs to be told. */
async function untilListening(world: World): Promise<void> {
  const listens = (): boolean => world.docker.seen().some((key) => key.startsWith('GET /events'));
  const deadline = now() + loopMs;
  while (!listens() && world.alive && now() < deadline) await sleep(tickMs / 2);
  await untilQuiet(world, () => Promise.resolve(true));
}

/** Resolves when nothing was changed for a while, or the process is dead. `there` says whether a short while is enough. */
async function untilQuiet(world: World, there: () => Promise<boolean>): Promise<void> {
  const deadline = now() + loopMs;
  const changing = (): number => world.docker.records.filter(isChange).length;
  let seen = changing();
  let quietSince = now();
  while (world.alive && now() < deadline) {
    await sleep(tickMs / 2);
    const count = changing();
    if (count !== seen) quietSince = now();
    seen = count;
    const quietFor = now() - quietSince;
    if (quietFor > patientMs || (quietFor > quietMs && (await there()))) return;
  }
}

type Target = Pick<LoopTerms, 'expected' | 'meddled'>;

/** INV-18: what another hand did is mended while the disk is full. What a commit asks for may need the room. */
async function unmendedWhileFull(
  world: World,
  workload: Workload,
  terms: LoopTerms,
): Promise<readonly string[]> {
  const byHand = workload.changes.every(({ hand }) => hand !== undefined);
  const { expected, diskFull, happened } = terms;
  if (!diskFull || !byHand || expected === null || !happened()) return [];
  const left = await untilNothing(world, () => unlike(world, workload, terms, expected.phases));
  return left.map((line) => `while the disk was full: ${line}`);
}

/** Resolves with nothing when nothing is left; with what is when that takes too long, or the process is dead. */
async function untilNothing(
  world: World,
  left: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const deadline = now() + loopMs;
  let found = await left();
  while (found.length > 0 && world.alive && now() < deadline) {
    await sleep(tickMs / 2);
    found = await left();
  }
  return found;
}

/** By what the loop's status, and then the world itself, differ from where they should be. */
async function missing(world: World, workload: Workload, target: Target): Promise<string[]> {
  const { expected, meddled } = target;
  const status = await statusIn(world);
  if (status === null) return ['it has told no status'];
  if (status.trouble !== null) return [`its passes fail: ${status.trouble.message}`];
  const head = await world.head();
  if (status.revision !== head) return [`it follows ${status.revision} and not ${head}`];
  if (expected === null) return [];
  const told = phases(world.site, status);
  const { comparable } = expected;
  const unsaid = differencesFrom(expected, { comparable, phases: told }, meddled);
  if (unsaid.length > 0) return unsaid.map((line) => `its status differs: ${line}`);
  const undone = await unlike(world, workload, target, told);
  return undone.map((line) => `it says that it is done, and the world differs: ${line}`);
}

/** By what the world differs from where it should be, whatever the loop says. */
async function unlike(
  world: World,
  workload: Workload,
  { expected, meddled }: Target,
  phases: Expected['phases'],
): Promise<readonly string[]> {
  if (expected === null) return [];
  const is = await finalState(world, workload.pairs).catch(unfinished);
  if (typeof is === 'string') return [is];
  return differencesFrom(expected, { comparable: is.comparable, phases }, meddled);
}

/** What is looked at while it goes away is not there yet. */
function unfinished(error: unknown): string {
  return `it cannot be looked at: ${error instanceof Error ? error.message : String(error)}`;
}

/** As the loop has written it for people to read; null while there is none that can be read. */
async function statusIn({ home }: World): Promise<NodeStatus | null> {
  try {
    const text = await readFile(join(home.dataDir, 'state', 'status.json'), 'utf8');
    return (JSON.parse(text) as { readonly value: NodeStatus }).value;
  } catch {
    // There is none before the first pass, and the test itself may have damaged it.
    return null;
  }
}
