import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventShare } from '../../../reconciler/link/event-share.ts';

const minute = 60_000;

test('a tenant has 300 events at once and six a minute after, whatever others say', () => {
  let now = 0;
  const share = new EventShare(() => now);
  const told = (tenant: string, count: number): number =>
    Array.from({ length: count }, () => share.take(tenant)).filter((taken) => taken !== null).length;
  expect(told('acme', 1_000)).toBe(300);
  expect(told('globex', 10)).toBe(10);
  now += minute;
  expect(told('acme', 1_000)).toBe(6);
  now += 1_000 * minute;
  expect(told('acme', 1_000)).toBe(300);
});

test('each event is told or counted with a later one, in any course of time', () => {
  const step = fc.record({ wait: fc.nat(5 * minute), events: fc.nat(400) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let now = 0;
      const share = new EventShare(() => now);
      let [asked, told, counted, open] = [0, 0, 0, 0];
      for (const { wait, events } of steps) {
        now += wait;
        for (let event = 0; event < events; event += 1) {
          asked += 1;
          const taken = share.take('acme');
          if (taken === null) open += 1;
          else {
            told += 1;
            counted += taken;
            open -= taken;
          }
        }
        expect(told).toBeLessThanOrEqual(300 + now / 10_000);
      }
      expect(told + counted + open).toBe(asked);
      expect(open).toBeGreaterThanOrEqual(0);
    }),
  );
});
