import type { signals } from './names.ts';
import type { ContainerRun, RealNode } from './node.ts';

export interface Restart {
  /** From the daemon's birth until it answers, and from there until every tenant is in sync and healthy. */
  readonly answersMs: number;
  readonly recoveredMs: number;
  /** Changing Docker calls of the reconciler, from before the end until all was in sync. */
  readonly changingCalls: number;
  /** Containers that run under another process or since another time than before, and those that are others. */
  readonly begunAnew: number;
  readonly replaced: number;
}

/** Ends the engine under a running reconciler, starts it again, and waits until all is as it was. */
export async function restartEngine(node: RealNode, signal: (typeof signals)[number]): Promise<Restart> {
  const before = await node.runs();
  const calls = await node.changingCalls();
  await node.engine.end(signal);
  const began = performance.now();
  await node.engine.start();
  const answered = performance.now();
  await node.inSync(Date.now());
  const recovered = performance.now();
  const after = await node.runs();
  return {
    answersMs: answered - began,
    recoveredMs: recovered - answered,
    changingCalls: (await node.changingCalls()) - calls,
    begunAnew: count(before, after, (a, b) => a.pid !== b.pid || a.startedAt !== b.startedAt),
    replaced: count(before, after, (a, b) => a.id !== b.id),
  };
}

function count(
  before: readonly ContainerRun[],
  after: readonly ContainerRun[],
  differ: (before: ContainerRun, after: ContainerRun) => boolean,
): number {
  const now = new Map(after.map((run) => [run.name, run]));
  return before.filter((run) => {
    const found = now.get(run.name);
    return found === undefined || differ(run, found);
  }).length;
}
