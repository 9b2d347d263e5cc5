import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { patterns } from '../../schemas/patterns.ts';
import { parseBytes, parseDuration, parseInstant } from '../../schemas/quantity.ts';

test.each([
  ['500ms', 500],
  ['0s', 0],
  ['5s', 5_000],
  ['90s', 90_000],
  ['2m', 120_000],
  ['1h', 3_600_000],
])('The duration %s has %d milliseconds', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each([
  ['100Ki', 102_400],
  ['512Mi', 536_870_912],
  ['1Gi', 1_073_741_824],
])('The size %s has %d bytes', (text, size) => {
  expect(parseBytes(text)).toBe(size);
});

test.each(['', '5', '5 s', '-5s', '1.5s', '1m30s', '5S', 's', '5s\n'])(
  'The text %j is no duration',
  (text) => {
    expect(() => parseDuration(text)).toThrow(RangeError);
    expect(new RegExp(patterns.duration.source, 'u').test(text)).toBe(false);
  },
);

test.each(['', '512', '1.5Gi', '512MB', '512M', '-1Mi', 'Mi', '1Gi '])('The text %j is no size', (text) => {
  expect(() => parseBytes(text)).toThrow(RangeError);
  expect(new RegExp(patterns.size.source, 'u').test(text)).toBe(false);
});

describe('what the schemas accept', () => {
  test('Durations always parse, and fit the timers of the machine', () => {
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(patterns.duration.source)), (text) => {
        const milliseconds = parseDuration(text);
        expect(milliseconds).toBeGreaterThanOrEqual(0);
        expect(milliseconds).toBeLessThan(2 ** 31);
      }),
    );
  });

  test('Sizes always parse to whole numbers that are exact', () => {
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(patterns.size.source)), (text) => {
        expect(Number.isSafeInteger(parseBytes(text))).toBe(true);
      }),
    );
  });

  test('Instants parse to what the platform reads, wherever the day exists', () => {
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(patterns.instant.source)), (text) => {
        const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
        const exists = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10));
        expect(parseInstant(text)).toBe(exists ? new Date(text).getTime() : null);
      }),
    );
  });
});

test.each([
  ['2026-12-01T00:00Z', '2026-12-01T00:00:00.000Z'],
  ['2026-12-01T01:00:30+01:00', '2026-12-01T00:00:30.000Z'],
  ['2026-11-30T19:00:00.250-05:00', '2026-12-01T00:00:00.250Z'],
  ['2028-02-29T00:00Z', '2028-02-29T00:00:00.000Z'],
])('The instant %s is %s', (text, iso) => {
  expect(parseInstant(text)).toBe(Date.parse(iso));
});

test.each([
  '2026-02-30T00:00Z',
  '2026-12-01',
  '2026-12-01T00:00',
  '2026-12-01 00:00Z',
  'tomorrow',
  '2026-12-01T25:00Z',
])('The text %s is no instant', (text) => {
  expect(parseInstant(text)).toBeNull();
});
