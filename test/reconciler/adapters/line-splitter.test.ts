import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from '../../../reconciler/adapters/line-splitter.ts';

/** Cuts bytes at the given places, wherever these fall. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [...at, bytes.length].map((end, index) => bytes.subarray(at[index - 1] ?? 0, end));
}

test('lines are the same however the bytes are cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ä', '😀', '\n', '{') });
  fc.assert(
    fc.property(text, fc.array(fc.nat()), (whole, places) => {
      const splitter = new LineSplitter(1_000);
      const lines = cut(Buffer.from(whole), places).flatMap((chunk) => splitter.push(chunk));
      expect([...lines, splitter.rest()]).toEqual(whole.split('\n'));
    }),
  );
});

test('a line break may be of two characters', () => {
  const splitter = new LineSplitter(100);
  expect(splitter.push(Buffer.from('a\r'))).toEqual([]);
  expect(splitter.push(Buffer.from('\nb\r\n\r\n'))).toEqual(['a', 'b', '']);
});

test('a line without end comes in pieces and is never held', () => {
  const splitter = new LineSplitter(10);
  const pieces = Array.from({ length: 7 }, () => splitter.push(Buffer.from('abcde'))).flat();
  expect(pieces).toEqual(['abcdeabcde', 'abcdeabcde', 'abcdeabcde']);
  expect(splitter.rest()).toBe('abcde');
});

test('a long line that comes whole is cut as well', () => {
  const splitter = new LineSplitter(10);
  expect(splitter.push(Buffer.from(`${'x'.repeat(25)}\nnext\n`))).toEqual([
    'x'.repeat(10),
    'x'.repeat(10),
    'x'.repeat(5),
    'next',
  ]);
});
