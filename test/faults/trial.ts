import { relative } from 'node:path';
import { connectDocker } from '../../reconciler/adapters/docker.ts';
import { label } from '../../renderers/labels.ts';
import { filesBelow } from '../support/leaks.ts';
import type { Boundary, Fault } from './boundary.ts';
import { fillsData } from './disk/keys.ts';
import { isMeddling } from './docker/actions.ts';
import { type CallRecord, now } from './docker/record.ts';
import type { Evidence } from './oracle/evidence.ts';
import { finalState, phases } from './oracle/final-state.ts';
import { type Expected, judge } from './oracle/judge.ts';
import { runLoop, runOnce } from './runs.ts';
import type { Workload } from './workloads/workload.ts';
import { leaveKeepsakes, lostKeepsakes } from './world/keepsakes.ts';
import type { Revisions } from './world/revisions.ts';
import type { Outcome, World } from './world/world.ts';

/** `once`: the reconciler is started for each change. `loop`: it goes on, by events and ticks, through all of it. */
export type Mode = 'once' | 'loop';

/** A fault, and one that may follow it. */
export interface Point {
  readonly workload: string;
  readonly mode: Mode;
  readonly boundary: Boundary['name'];
  readonly fault: Fault | null;
  /** After `fault`, by keys that are counted from there. */
  readonly then: Fault | null;
  /** By this number a second fault is chosen out of the calls that follow the first, when they are known. */
  readonly thenBy?: number;
  /** False for a loop that has to hear of everything: no tick and no poll comes. By default they come. */
  readonly ticks?: boolean;
}

export interface Trial {
  readonly point: Point;
  /** Whether the fault has happened: a call that is not made cannot fail. */
  readonly reached: boolean;
  /** What did not hold. */
  readonly complaints: readonly string[];
  readonly keys: readonly string[];
  /** Keys of the calls after the fault, counted from it, where a second one can happen: also in a reconciler after it. */
  readonly keysAfter: readonly string[];
  readonly calls: readonly CallRecord[];
  /** For later trials of the same workload, when this one was without a fault. */
  readonly expected: Expected;
  /** Passes of the fault-free run that had something to do. */
  readonly busyPasses: number;
}

/** After its recovery a reconciler is asked so often whether it has still something to do. */
const quietRounds = 3;

/**
 * One trial in a blank world: converge, push the change with the fault armed, let a reconciler recover, judge.
 *
 * @param clean what came of the same workload without a fault; null for that run itself
 * @throws when the world itself does not work: it does not converge before anything has gone wrong
 */
export async function runTrial(
  world: World,
  workload: Workload,
  revisions: Revisions,
  point: Point,
  clean: Pick<Trial, 'expected' | 'busyPasses'> | null,
): Promise<Trial> {
  await world.begin(workload);
  const first = await world.once(2);
  if (first.type !== 'rounds' || (first.rounds[1]?.mutations ?? 1) > 0) {
    throw new Error(`${workload.name} does not converge before anything has gone wrong: ${describe(first)}`);
  }
  const before = await finalState(world, []);
  const serving = await servingNow(world);
  const keepsakes = await leaveKeepsakes(world);
  const boundary = world.boundary(point.boundary);
  const from = now();

  const expected = clean?.expected ?? null;
  const meddled = isMeddled(workload, point);
  boundary.reset();
  arm(boundary, point);
  let reached = false;
  const happened = (): boolean => point.fault === null || boundary.fired();
  const disarm = async (): Promise<boolean> => {
    await boundary.settled();
    reached = happened();
    boundary.arm(null);
    await world.otherHand.leave();
    return reached && point.fault?.action === 'shutdown';
  };
  const diskFull = point.fault !== null && fillsData(point.fault);
  const terms = { ticks: point.ticks ?? true, expected, meddled, diskFull, happened, disarm };
  const { outcomes, held, leftUndone } = await (point.mode === 'once'
    ? runOnce(world, workload, revisions)
    : runLoop(world, workload, revisions, terms));
  const keys = [...boundary.seen()];
  await boundary.settled();
  // What the first fault left no time for happens during the recovery.
  const looksFurther = point.thenBy !== undefined || (!reached && point.then !== null && !happened());
  if (looksFurther && boundary.name === 'docker') outcomes.push(await world.once(1, true));
  const keysAfter = boundary.name === 'docker' ? world.docker.seenAfter() : [];
  if (!reached) await disarm();

  const recovery = await world.once(1 + quietRounds);
  const status = recovery.type === 'rounds' ? recovery.rounds.at(-1)?.status : undefined;
  const final = await finalState(world, workload.pairs);
  const told = status === undefined ? null : phases(world.site, status);
  const evidence: Evidence = {
    before: before.identities,
    outcomes,
    leftUndone,
    shutdown: [point.fault, point.then].some((fault) => fault?.action === 'shutdown'),
    onlyLate: point.fault?.action === 'delay' && (point.then === null || point.then.action === 'delay'),
    recovery,
    patience: Math.max(2, clean?.busyPasses ?? 0),
    calls: world.docker.records.filter(({ at }) => at >= from),
    changes: world.changes().filter(({ at }) => at >= from),
    serving,
    interferences: world.otherHand.interferences,
    held: held === null ? null : { from, to: held },
    final,
    lost: await lostKeepsakes(keepsakes),
    phases: told,
    disk: await diskOf(world),
    output: world.output(),
  };
  const damaged = point.fault?.at.startsWith('damage ') === true;
  return {
    point,
    reached,
    complaints: judge({ site: world.site, workload, expected, meddled, damaged }, evidence),
    keys,
    keysAfter,
    calls: evidence.calls,
    expected: { comparable: final.comparable, phases: told },
    busyPasses: outcomes.reduce((sum, outcome) => sum + busyIn(outcome), 0),
  };
}

/** Whether another hand changes the subject, by the fault or because that is what the workload is. */
function isMeddled({ changes }: Workload, { fault }: Point): boolean {
  return (fault !== null && isMeddling(fault.action)) || changes.some(({ hand }) => hand !== undefined);
}

function arm(boundary: Boundary, { fault, then }: Point): void {
  if ('retarget' in boundary) {
    const docker = boundary as World['docker'];
    docker.arm(fault, then);
  } else {
    boundary.arm(fault);
  }
}

/** Running containers of ours by id, with their tenants. */
async function servingNow(world: World): Promise<ReadonlyMap<string, string>> {
  const docker = connectDocker({ host: world.engine.host });
  const list = await docker.listContainers();
  const ours = list.filter(({ Labels, State }) => {
    return Labels?.[label.platform] === world.site.platform && State === 'running';
  });
  return new Map(ours.map(({ Id, Labels }) => [Id, Labels?.[label.tenant] ?? '']));
}

async function diskOf({ home }: World): Promise<ReadonlyMap<string, string>> {
  const files = await filesBelow(home.dataDir);
  return new Map([...files].map(([path, text]) => [relative(home.dir, path), text]));
}

function busyIn(outcome: Outcome): number {
  if (outcome.type !== 'rounds') return 0;
  return outcome.rounds.reduce((sum, { busyPasses }) => sum + busyPasses, 0);
}

function describe(outcome: Outcome): string {
  if (outcome.type === 'failed') return outcome.message;
  if (outcome.type !== 'rounds') return `the process was ${outcome.type}`;
  const { tenants } = outcome.rounds.at(-1)?.status ?? { tenants: [] };
  return tenants.map(({ tenant, phase, reason }) => `${tenant}: ${phase} ${reason}`).join('; ');
}
