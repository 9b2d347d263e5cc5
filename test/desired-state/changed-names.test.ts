import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedNames, withChanged } from '../../desired-state/changed-names.ts';
import { changedKeys, sortedMap, withChanges } from '../../desired-state/read/sorted-map.ts';

const anyName = fc.constantFrom('acme', 'globex', 'initech', 'constructor', 'toString');
const anyRecord = fc.dictionary(anyName, fc.integer({ min: 0, max: 2 }));
const anyChanges = fc.array(
  fc.tuple(anyName, fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined })),
  { maxLength: 4 },
);

/** The same records, of which nothing is known but what is in them. */
const plain = <T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> => ({ ...record });

test('what is known of a record that was made from another is what a walk over both finds', () => {
  fc.assert(
    fc.property(anyRecord, fc.array(anyChanges, { maxLength: 4 }), (first, rounds) => {
      const all = [first];
      for (const changes of rounds) all.push(withChanged(all.at(-1) ?? first, new Map(changes)));
      for (const before of all) {
        for (const after of all) {
          const walked = changedNames(plain(before), plain(after));
          expect(changedNames(before, after)).toEqual(walked);
          expect(walked.size === 0).toBe(JSON.stringify(sorted(before)) === JSON.stringify(sorted(after)));
        }
      }
    }),
  );
});

test('what is known of a map that was made from another is what a walk over both finds, and its keys are in order', () => {
  fc.assert(
    fc.property(anyRecord, fc.array(anyChanges, { maxLength: 4 }), (first, rounds) => {
      const all: ReadonlyMap<string, number>[] = [sortedMap(Object.entries(first))];
      const expected = [first];
      for (const changes of rounds) {
        all.push(withChanges(all.at(-1) ?? new Map<string, number>(), new Map(changes)));
        expected.push(withChanged(expected.at(-1) ?? first, new Map(changes)));
      }
      for (const [index, before] of all.entries()) {
        expect([...before]).toEqual(sorted(expected[index] ?? {}));
        for (const after of all)
          expect(changedKeys(before, after)).toEqual(changedKeys(new Map(before), new Map(after)));
      }
    }),
  );
});

test('what is made of a record has the changes, leaves the record alone, and is it where nothing is another', () => {
  const before = { acme: 1, globex: 2 };
  expect(withChanged(before, new Map([['acme', 1]]))).toBe(before);
  const changes = new Map<string, number | undefined>([
    ['acme', 3],
    ['globex', undefined],
    ['initech', 4],
  ]);
  expect(withChanged(before, changes)).toEqual({ acme: 3, initech: 4 });
  expect(before).toEqual({ acme: 1, globex: 2 });
});

function sorted(record: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
