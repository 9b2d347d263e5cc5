import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Backoff } from '../../reconciler/backoff.ts';
import { FakeClock } from '../support/fake-ports.ts';

const most = 5 * 60_000;
const anyChance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('a tenant that failed', () => {
  test('waits twice as long each time, up to five minutes', () => {
    const backoff = new Backoff(new FakeClock(), () => 1);
    const waits = Array.from({ length: 11 }, () => {
      backoff.failed('acme', 'rev', false);
      return backoff.wait('acme', 'rev') / 1_000;
    });
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  test('may be tried when its time has passed, and not before', async () => {
    const clock = new FakeClock();
    const backoff = new Backoff(clock, () => 1);
    backoff.failed('acme', 'rev', false);
    await clock.sleep(999);
    expect(backoff.wait('acme', 'rev')).toBe(1);
    await clock.sleep(1);
    expect(backoff.wait('acme', 'rev')).toBe(0);
  });

  test('waits longest at once when trying again does not help', () => {
    const backoff = new Backoff(new FakeClock(), () => 1);
    backoff.failed('acme', 'rev', true);
    expect(backoff.wait('acme', 'rev')).toBe(most);
  });

  test('may be tried at once with something else, which begins anew', () => {
    const backoff = new Backoff(new FakeClock(), () => 1);
    for (let time = 0; time < 5; time += 1) backoff.failed('acme', 'rev-1', false);
    expect(backoff.wait('acme', 'rev-2')).toBe(0);
    backoff.failed('acme', 'rev-2', false);
    expect(backoff.wait('acme', 'rev-2')).toBe(1_000);
  });

  test('begins anew after a success', () => {
    const backoff = new Backoff(new FakeClock(), () => 1);
    for (let time = 0; time < 5; time += 1) backoff.failed('acme', 'rev', false);
    backoff.succeeded('acme');
    expect(backoff.wait('acme', 'rev')).toBe(0);
    backoff.failed('acme', 'rev', false);
    expect(backoff.wait('acme', 'rev')).toBe(1_000);
  });

  test('keeps nobody else waiting', () => {
    const backoff = new Backoff(new FakeClock());
    backoff.failed('acme', 'rev', true);
    expect(backoff.wait('globex', 'rev')).toBe(0);
  });
});

test('INV-12, law: however often a tenant fails, it waits some time and never more than five minutes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), anyChance), { minLength: 1, maxLength: 2_000 }),
      (failures) => {
        let chance = 0;
        const backoff = new Backoff(new FakeClock(), () => chance);
        for (const [lasting, random] of failures) {
          chance = random;
          backoff.failed('acme', 'rev', lasting);
          const wait = backoff.wait('acme', 'rev');
          expect(wait).toBeGreaterThanOrEqual(500);
          expect(wait).toBeLessThanOrEqual(most);
        }
      },
    ),
    { numRuns: 20 },
  );
});

test('INV-17: a clock that is set to another day changes no wait', () => {
  const clock = new FakeClock();
  const backoff = new Backoff(clock, () => 1);
  backoff.failed('acme', 'rev', false);
  for (const days of [1, -2]) {
    clock.time += days * 86_400_000;
    expect(backoff.wait('acme', 'rev')).toBe(1_000);
  }
});

test('tenants that failed together do not come back together', () => {
  const backoff = new Backoff(new FakeClock());
  const waits = Array.from({ length: 50 }, (_, number) => {
    backoff.failed(`tenant-${number}`, 'rev', true);
    return backoff.wait(`tenant-${number}`, 'rev');
  });
  expect(new Set(waits).size).toBeGreaterThan(40);
});
