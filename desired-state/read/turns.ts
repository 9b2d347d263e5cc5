// Of its module: the global one is looked up by a getter at each use, tens of thousands of times a revision.
import { performance } from 'node:perf_hooks';
import { setImmediate as othersTurn } from 'node:timers/promises';

/** Milliseconds of work after which whatever else the process does has its turn: one file may take 100. */
const SLICE_MS = 20;

/**
 * Work that may be interrupted wherever it yields. One text for both: carried out at once, or with turns for the rest of
 * the process.
 */
export type Interruptible<T> = Generator<void, T, void>;

/** Carries work out at once. */
export function atOnce<T>(work: Interruptible<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** Carries work out, and lets the rest of the process have its turn in between. */
export async function withTurns<T>(work: Interruptible<T>): Promise<T> {
  for (let began = performance.now(); ; ) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() - began < SLICE_MS) continue;
    await othersTurn();
    began = performance.now();
  }
}

/** Does something for each of many, and lets the rest of the process have its turn in between. */
export async function inTurns<T>(items: Iterable<T>, each: (item: T) => void): Promise<void> {
  let began = performance.now();
  for (const item of items) {
    each(item);
    if (performance.now() - began < SLICE_MS) continue;
    await othersTurn();
    began = performance.now();
  }
}
