import { createHash } from 'node:crypto';
import type { Boundary, Fault } from '../boundary.ts';
import { dockerActions, isKill, isLasting, isMeddling, needsLoop } from '../docker/actions.ts';
import type { Mode, Point } from '../trial.ts';
import { pick, randomFrom } from './random.ts';

/** The keys that the fault-free runs of a workload passed, and what can go wrong at each. */
export interface Learnt {
  readonly workload: string;
  readonly boundary: Boundary['name'];
  readonly mode: Mode;
  readonly places: readonly { readonly key: string; readonly actions: readonly string[] }[];
}

/**
 * What a reconciler that goes on meets otherwise than one that starts anew: it hears events, waits after a failure, and
 * remembers what it has seen. The order of its reads depends on the clock, so only the first few of each are tried.
 */
const ofLoops: ReadonlySet<string> = new Set([
  'status-409',
  'status-500',
  'reset',
  'drop-reply',
  'hang',
  'stale',
  'stale-oldest',
  'shutdown',
]);
const firstFew = 3;

/** Every place and every action that makes sense there. */
export function pointsOf({ workload, boundary, mode, places }: Learnt): Point[] {
  return places.flatMap(({ key, actions }) =>
    actions
      .filter((action) => (boundary === 'docker' ? belongs(mode, key, action) : livesOn(mode, key, action)))
      .map((action): Point => ({ workload, mode, boundary, fault: { at: key, action }, then: null })),
  );
}

function belongs(mode: Mode, key: string, action: string): boolean {
  const changes = !key.startsWith('GET ');
  // One that is started anew for each change tries once: that what it asks for is refused again is its own action.
  if (mode === 'once') return !needsLoop(key) && !(changes && isLasting(action));
  if (needsLoop(key)) return true;
  if (changes) return ofLoops.has(action) || isLasting(action) || isMeddling(action);
  const lied = action.startsWith('stale') || isMeddling(action);
  return (lied || isLasting(action)) && occurrence(key) <= firstFew;
}

/** At the borders to Git and the disk: one that is killed is followed by another one in either mode. */
function livesOn(mode: Mode, key: string, action: string): boolean {
  return mode === 'once' || (!isKill(action) && occurrence(key) <= firstFew);
}

/** 2 of `write state/memory.json#2`. */
function occurrence(key: string): number {
  return Number(key.slice(key.lastIndexOf('#') + 1));
}

/** Pairs by chance: any fault, and a second one that is chosen when it is known which calls follow the first. */
export function pairsOf(learnt: Learnt, count: number, random: () => number): Point[] {
  const firsts = pointsOf({ ...learnt, mode: 'once' }).filter(
    ({ fault }) => fault !== null && !isMeddling(fault.action),
  );
  return Array.from({ length: count }).flatMap(() => {
    const first = pick(firsts, random);
    return first === undefined ? [] : [{ ...first, thenBy: Math.floor(random() * 2 ** 31) }];
  });
}

/**
 * The second fault of a pair: mostly a crash, anywhere in what follows the first, which is mostly the recovery from it.
 *
 * @param keysAfter as a trial with the first fault alone had them
 * @returns null where nothing follows that can fail
 */
export function secondFault(keysAfter: readonly string[], seed: number): Fault | null {
  const random = randomFrom(seed);
  const crash = random() < 0.8;
  const at = pick(
    keysAfter.filter((key) => !needsLoop(key)),
    random,
  );
  if (at === undefined) return null;
  const actions = dockerActions(at).filter((one) => !isMeddling(one) && (!crash || isKill(one)));
  const action = pick(actions, random);
  return action === undefined ? null : { at, action };
}

export function isPair({ then, thenBy }: Point): boolean {
  return then !== null || thenBy !== undefined;
}

/** In which of so many parts a point is, from 1: by what it is alone, so that each run says the same. */
export function partOf(point: Point, of: number): number {
  return (createHash('sha256').update(JSON.stringify(point)).digest().readUInt32BE() % of) + 1;
}
