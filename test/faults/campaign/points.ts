import type { Boundary, Fault } from '../boundary.ts';
import { isKill, isMeddling, needsLoop } from '../docker/actions.ts';
import type { Mode, Point } from '../trial.ts';
import { pick } from './random.ts';

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
  if (mode === 'once') return !needsLoop(key);
  if (needsLoop(key)) return true;
  if (!key.startsWith('GET ')) return ofLoops.has(action) || isMeddling(action);
  const stale = action.startsWith('stale') || isMeddling(action);
  return stale && occurrence(key) <= firstFew;
}

/** At the borders to Git and the disk: one that is killed is followed by another one in either mode. */
function livesOn(mode: Mode, key: string, action: string): boolean {
  return mode === 'once' || (!isKill(action) && occurrence(key) <= firstFew);
}

/** 2 of `write state/memory.json#2`. */
function occurrence(key: string): number {
  return Number(key.slice(key.lastIndexOf('#') + 1));
}

/** Pairs by chance: any fault, and then mostly a crash while it is being recovered from. */
export function pairsOf(learnt: Learnt, count: number, random: () => number): Point[] {
  const places = learnt.places.filter(({ key }) => !needsLoop(key));
  const fault = (crash: boolean): Fault | null => {
    const place = pick(places, random);
    const action = pick(
      (place?.actions ?? []).filter((one) => !crash || isKill(one)),
      random,
    );
    if (place === undefined || action === undefined) return null;
    // After the first fault calls are counted anew.
    return { at: crash ? place.key.replace(/#\d+$/, '#1') : place.key, action };
  };
  return Array.from({ length: count }).flatMap(() => {
    const first = fault(false);
    const then = fault(random() < 0.8);
    if (first === null || then === null || isMeddling(then.action)) return [];
    return [{ workload: learnt.workload, mode: 'once', boundary: learnt.boundary, fault: first, then }];
  });
}
