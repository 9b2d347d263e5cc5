import { setImmediate as othersTurn } from 'node:timers/promises';

/** Milliseconds of work after which whatever else the process does has its turn: one file may take 100. */
const SLICE_MS = 20;

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
