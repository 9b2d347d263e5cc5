import { expect, test } from 'vitest';
import { allowedFor, isTooLong, longestBlock } from './heartbeat.ts';

test('work that holds the thread for two seconds is found, and is too long on any machine; what yields is not', async () => {
  const held = await longestBlock(async () => burn(2_000));
  expect(held.ms).toBeGreaterThan(1_900);
  expect(held.ms).toBeGreaterThan(allowedFor(held.ms));
  expect(await isTooLong(held.ms, async () => held)).toBe(true);
  expect(await isTooLong(held.ms, async () => ({ ms: 50 }))).toBe(false);
  const yielding = await longestBlock(async () => {
    for (let turn = 0; turn < 200; turn += 1) {
      burn(10);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  });
  expect(yielding.ms).toBeLessThan(allowedFor(yielding.ms));
});

/** Milliseconds of processor time. */
function burn(ms: number): void {
  for (const before = process.threadCpuUsage(); ; ) {
    const { user, system } = process.threadCpuUsage(before);
    if (user + system > ms * 1_000) return;
  }
}
