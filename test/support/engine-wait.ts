import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again until the answer is not null. A generous bound keeps a broken test from hanging; it measures nothing.
 *
 * @param what for the message: `the runtime answers`
 */
export async function until<T>(what: string, ask: () => Promise<T | null>, boundMs = 20_000): Promise<T> {
  const end = performance.now() + boundMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > end) throw new Error(`waited ${boundMs / 1000} s in vain: ${what}`);
    await sleep(30);
  }
}
