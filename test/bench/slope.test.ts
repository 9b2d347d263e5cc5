import { expect, test } from 'vitest';
import { relativeSlope } from './scale/slope.ts';

const at = (value: (hour: number) => number, count = 21) =>
  Array.from({ length: count }, (_, index) => ({ at: index / 10, value: value(index / 10) }));

test('growth is told in relation to the size, an hour', () => {
  expect(relativeSlope(at((hour) => 100 + 5 * hour))).toBeCloseTo(5 / 105, 10);
  expect(relativeSlope(at(() => 100))).toBe(0);
  expect(relativeSlope(at((hour) => 100 - 2 * hour))).toBeLessThan(0);
});

test('a few wild samples do not move it', () => {
  const samples = at((hour) => 100 + 5 * hour);
  const wild = samples.map((sample, index) => (index % 7 === 3 ? { ...sample, value: 400 } : sample));
  expect(relativeSlope(wild)).toBeCloseTo(5 / 105, 2);
});
