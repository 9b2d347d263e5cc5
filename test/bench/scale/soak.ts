import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../rounds.ts';
import type { Unit } from './figures.ts';
import { deeds, Meddler } from './meddling.ts';
import { ScaleNode } from './node.ts';
import { MeasuredReconciler } from './reconciler.ts';
import { relativeSlope, type Sample } from './slope.ts';

export const soak = {
  heap: 'growth of what is on the heap, without code',
  rss: 'growth of resident memory',
  heapMiB: 'heap in use, without code',
  codeMiB: 'compiled code on the heap',
  rssMiB: 'resident memory',
  peakMiB: 'most resident memory since the start',
} as const;

export interface SoakOptions {
  readonly tenants: number;
  readonly minutes: number;
  /** Milliseconds between two changes. */
  readonly pauseMs: number;
  /** Milliseconds without a request after which what was done to everybody is mended. */
  readonly settleMs: number;
}

export interface SoakResult {
  readonly minutes: number;
  readonly changes: number;
  /** Values by name; growth in % an hour, of the samples after the warm-up. */
  readonly values: ReadonlyMap<string, readonly number[]>;
  readonly units: ReadonlyMap<string, Unit>;
}

const hour = 3_600_000;
/** As `tenantry reconcile` does: a full look belongs to what goes on for months. */
const tickMs = 30_000;
const mostSamples = 240;
/** A slope needs some: a very short soak goes on until it has them. */
const fewestSamples = 6;
const seed = 20_261_121;

/**
 * Changes tenants at random while the reconciler runs, and samples its memory. Before that, everything happens twice to
 * every tenant: its first result, event and difference of a kind are kept, the next ones take their place. Of the time
 * after it the first third is warm-up too. Whose turn it is goes around, so that each is changed again and again.
 */
export async function measureSoak(
  { progress, signal }: Pick<Bench, 'progress' | 'signal'>,
  { tenants, minutes, pauseMs, settleMs }: SoakOptions,
): Promise<SoakResult> {
  progress(`soak: making a node of ${tenants} tenants`);
  // What was asked of the engine in hours is nobody's to look at.
  const node = await ScaleNode.make(tenants, { history: false });
  await MeasuredReconciler.prepare();
  const reconciler = MeasuredReconciler.begin();
  const meddler = new Meddler(node, seed);
  const heap: Sample[] = [];
  const rss: Sample[] = [];
  const code: Sample[] = [];
  const everyMs = (minutes * 60_000) / mostSamples;
  let changes = 0;
  let peak = 0;
  try {
    await reconciler.open({ ...node.options, tickMs });
    await reconciler.run();
    for (let time = 1; time <= 2; time += 1) {
      for (const deed of deeds) {
        progress(`soak: what is to happen to each tenant twice: ${deed}, time ${time}`);
        for (let index = 0; index < tenants; index += 1) {
          signal.throwIfAborted();
          await meddler.at(index, deed);
        }
        // Who is still down cannot be killed.
        await node.quiet(settleMs);
      }
    }
    const endsAt = performance.now() + minutes * 60_000;
    let nextSample = performance.now() + everyMs;
    while (performance.now() < endsAt || heap.length < fewestSamples) {
      signal.throwIfAborted();
      await meddler.once();
      changes += 1;
      await sleep(pauseMs);
      if (performance.now() < nextSample) continue;
      nextSample += everyMs;
      // Garbage first: what is left is in use.
      const usage = await reconciler.usage(true);
      const at = performance.now() / hour;
      heap.push({ at, value: usage.heapMiB - usage.codeMiB });
      code.push({ at, value: usage.codeMiB });
      rss.push({ at, value: usage.rssMiB });
      peak = usage.peakMiB;
      const [left, used] = [Math.ceil((endsAt - performance.now()) / 60_000), usage.heapMiB.toFixed(1)];
      if (heap.length % 10 === 0) progress(`soak: ${changes} changes, heap ${used} MiB, ${left} min to go`);
    }
  } finally {
    meddler.close();
    await reconciler.close().finally(() => node.close());
  }
  const warm = (samples: readonly Sample[]) => samples.slice(Math.floor(samples.length / 3));
  const valuesOf = (samples: readonly Sample[]) => warm(samples).map(({ value }) => value);
  return {
    minutes,
    changes,
    values: new Map([
      [soak.heap, [relativeSlope(warm(heap)) * 100]],
      [soak.rss, [relativeSlope(warm(rss)) * 100]],
      [soak.heapMiB, valuesOf(heap)],
      [soak.codeMiB, valuesOf(code)],
      [soak.rssMiB, valuesOf(rss)],
      [soak.peakMiB, [peak]],
    ]),
    units: new Map<string, Unit>([
      [soak.heap, '%/h'],
      [soak.rss, '%/h'],
      [soak.heapMiB, 'MiB'],
      [soak.codeMiB, 'MiB'],
      [soak.rssMiB, 'MiB'],
      [soak.peakMiB, 'MiB'],
    ]),
  };
}
