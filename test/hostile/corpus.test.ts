import { describe, expect, test } from 'vitest';
import { checkFiles } from '../../desired-state/read/check.ts';
import { createDocumentCache } from '../../desired-state/read/document-cache.ts';
import { corpus, everyEntry } from './corpus/all.ts';
import type { HostileInput } from './entry.ts';
import { fleet } from './fleet.ts';
import { faultsOf } from './judge.ts';

const cache = createDocumentCache();

function filesOf({ files }: HostileInput): ReadonlyMap<string, string | Uint8Array> {
  const all = new Map<string, string | Uint8Array>(Object.entries(fleet));
  for (const [path, content] of Object.entries(files)) {
    if (content === null) all.delete(path);
    else all.set(path, content);
  }
  return all;
}

test('the repository that the corpus breaks is in order', () => {
  expect(checkFiles(new Map(Object.entries(fleet)), cache)).toEqual([]);
});

test('each entry has a name of its own', () => {
  const names = everyEntry.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe('INV-8: every entry is found where it stands, in a sentence that mends, in every format', () => {
  // What only a tree of Git shows is judged where trees are read.
  const judged = (entry: HostileInput) => !entry.expected.code.startsWith('git/');

  test.each(Object.entries(corpus))('%s', (_, entries) => {
    const faults = entries
      .filter(judged)
      .flatMap((entry) => faultsOf(entry, checkFiles(filesOf(entry), cache)));
    expect(faults).toEqual([]);
  });

  test('and the prototype of objects is as it was', () => {
    expect({}).not.toHaveProperty('polluted');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
