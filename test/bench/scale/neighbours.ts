import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../rounds.ts';
import { Figures } from './figures.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { ScaleNode } from './node.ts';
import { MeasuredReconciler } from './reconciler.ts';
import { type Way, ways } from './ways.ts';

/** INV-10: what one broken tenant costs the others. */
export const neighbours = {
  whole: 'the others change, nobody is broken',
  broken: 'the others change, one is broken in any of the ways',
  way: (way: string) => `the others change while ${way}`,
} as const;

export interface NeighbourOptions {
  readonly tenants: number;
  /** Milliseconds without a request after which the node is at rest, and that a broken tenant has to show itself. */
  readonly settleMs: number;
  /** How many of the ways are tried. */
  readonly ways: number;
}

/**
 * One of many tenants is broken in ways of every kind, one after the other, each beside a run in which nobody is.
 *
 * @param rounds how often each way is tried
 */
export async function measureNeighbours(
  { progress, signal }: Pick<Bench, 'progress' | 'signal'>,
  { tenants, settleMs, ways: count }: NeighbourOptions,
  rounds: number,
): Promise<Figures> {
  const figures = new Figures();
  progress(`neighbours: making a node of ${tenants} tenants`);
  const node = await ScaleNode.make(tenants);
  const around = new Neighbourhood(node);
  await MeasuredReconciler.prepare();
  const reconciler = MeasuredReconciler.begin();
  try {
    await reconciler.open(node.options);
    await reconciler.run();
    await around.quiet(settleMs);
    // What runs for the first time is compiled.
    await around.changeOthers();
    for (let round = 0; round < rounds; round += 1) {
      for (const way of ways.slice(0, count)) {
        signal.throwIfAborted();
        await around.quiet(settleMs);
        figures.add(neighbours.whole, await around.changeOthers(), 'ms');
        await around.quiet(settleMs);
        const ms = await withBroken(around, way, settleMs);
        figures.add(neighbours.broken, ms, 'ms');
        figures.add(neighbours.way(way.name), ms, 'ms');
        progress(`neighbours: round ${round + 1} of ${rounds}, ${way.name}: ${ms.toFixed(0)} ms`);
      }
    }
  } finally {
    around.raw.close();
    await reconciler.close().finally(() => node.close());
  }
  return figures;
}

async function withBroken(around: Neighbourhood, way: Way, settleMs: number): Promise<number> {
  const stop = await way.begin(around);
  try {
    await sleep(settleMs);
    return await around.changeOthers();
  } finally {
    await stop();
    await around.mend();
  }
}
