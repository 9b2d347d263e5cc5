import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

/** What must always hold. Those from 24 to 29 are the control node's. */
const invariants: Readonly<Record<number, string>> = {
  1: 'a crash at any point converges',
  2: 'an ambiguous reply never duplicates',
  3: 'converged stays converged',
  4: 'neighbours are not touched',
  5: 'data is never deleted',
  6: 'with Git down or corrupt the last good revision is enforced',
  7: 'rewritten history or a lost branch is held',
  8: 'an invalid commit is inert',
  9: 'mass deletion is held',
  10: "tenants are isolated from each other's faults",
  11: 'an image is pulled before a container is stopped',
  12: 'a crash loop is contained',
  13: 'the engine may restart',
  14: 'a slow or hung engine hangs nobody else',
  15: 'events are hints',
  16: 'one actor on a node',
  17: 'clocks jump',
  18: 'a full disk keeps the old state',
  19: 'local state is disposable',
  20: 'strangers are safe',
  21: 'a volume is really ours',
  22: 'secrets never leak',
  23: 'a container has only what the allow-list names',
  24: 'access is complete',
  25: 'tokens are strict',
  26: 'no cross-site write, no script',
  27: 'concurrent edits lose nothing',
  28: 'webhooks are authentic and small',
  29: 'rate limits hold',
  30: 'no shell',
  31: 'it lasts',
};

/** Numbers that the titles in a test file name, `INV-1 to INV-5` included. What is skipped or to be written shows nothing. */
function named(text: string): number[] {
  const calls = [...text.matchAll(/\b(?:test|it|describe)\b([^\n(]*(?:\([^\n]*\))?)\(\s*(['"`])(.*?)\2/g)];
  const titles = calls.flatMap(([, how = '', , title = '']) => (/\.(skip|todo)/.test(how) ? [] : [title]));
  return titles.flatMap((title) =>
    [...title.matchAll(/INV-(\d+)(?: to INV-(\d+))?/g)].flatMap(([, from, to]) => {
      const first = Number(from);
      return Array.from({ length: Number(to ?? from) - first + 1 }, (_, index) => first + index);
    }),
  );
}

/** Only what runs shows anything: files that vitest takes for tests. */
function testTexts(): string[] {
  const { dirname } = import.meta;
  return globSync('**/*.test.{ts,tsx}', { cwd: dirname }).map((path) =>
    readFileSync(join(dirname, path), 'utf8'),
  );
}

/** What takes an hour to tell is judged by the bench, whose targets name it. */
function judgedByBench(): number[] {
  const { dirname } = import.meta;
  const targets = globSync('bench/**/targets.ts', { cwd: dirname });
  return targets
    .flatMap((path) => [...readFileSync(join(dirname, path), 'utf8').matchAll(/INV-(\d+)/g)])
    .map(([, number]) => Number(number));
}

describe('every invariant', () => {
  const tested = new Set(testTexts().flatMap(named));
  const shown = tested.union(new Set(judgedByBench()));

  test('but for that which takes an hour is shown by a test', () => {
    expect([...shown.difference(tested)]).toEqual([31]);
  });

  test.each(Object.entries(invariants))('%s, "%s", is shown by what names it', (number) => {
    expect(shown).toContain(Number(number));
  });

  test('that a test names is one of these', () => {
    const known = new Set(Object.keys(invariants).map(Number));
    expect([...shown].filter((number) => !known.has(number))).toEqual([]);
  });
});
