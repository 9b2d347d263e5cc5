import { expect, test } from 'vitest';
import { mergeLibrary } from '../../../desired-state/read/library.ts';
import type { Location } from '../../../desired-state/read/problem-at.ts';
import type { Problem } from '../../../schemas/problem.ts';

// Nothing here is found wrong, so that no place is looked at.
const at = {} as Location;
const none = (problem: Problem): never => {
  throw new Error(problem.message);
};
const naming = (...names: string[]) => names.map((name) => ({ name, at }));

test("what is a tenant's own stands in the place of the library's, in the order of names", () => {
  const own = new Map([
    ['zebra', 'own'],
    ['tone', 'own'],
  ]);
  const library = new Map([
    ['tone', 'shared'],
    ['apple', 'shared'],
    ['other', 'shared'],
  ]);
  const merged = mergeLibrary('prompt', own, naming('tone', 'apple'), library, none);
  expect(Object.entries(merged)).toEqual([
    ['apple', 'shared'],
    ['tone', 'own'],
    ['zebra', 'own'],
  ]);
});

test("one that is not valid is left out, and the library does not step in for a tenant's own", () => {
  const own = new Map<string, string | null>([['tone', null]]);
  const library = new Map<string, string | null>([
    ['tone', 'shared'],
    ['broken', null],
  ]);
  expect(mergeLibrary('skill', own, naming('tone', 'broken'), library, none)).toEqual({});
});
