import { expect, test } from 'vitest';
import { systemClock } from '../../../reconciler/adapters/clock.ts';

test('a sleep is not shorter than asked', async () => {
  const before = systemClock.monotonic();
  await systemClock.sleep(20);
  expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(20);
});

test('a sleep ends at once with the reason of the signal, also when it was aborted before', async () => {
  const abort = new AbortController();
  const reason = new Error('shutting down');
  const sleep = systemClock.sleep(3_600_000, abort.signal);
  abort.abort(reason);
  await expect(sleep).rejects.toBe(reason);
  await expect(systemClock.sleep(3_600_000, abort.signal)).rejects.toBe(reason);
});

test('a sleep of more than 25 days, beyond the longest timer, does not end at once', async () => {
  const abort = new AbortController();
  let ended = false;
  const sleep = systemClock.sleep(2 ** 31 * 2, abort.signal).finally(() => void (ended = true));
  await systemClock.sleep(50);
  expect(ended).toBe(false);
  abort.abort(new Error('enough'));
  await expect(sleep).rejects.toThrow('enough');
});

test('the time of day is in milliseconds since the epoch', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(60_000);
});
