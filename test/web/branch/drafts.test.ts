import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Repository, TreeChange, TreeEntry } from '../../../desired-state/git/port.ts';
import { blobId } from '../../../desired-state/read/work-tree.ts';
import type { Edit } from '../../../desired-state/write/edit.ts';
import { Drafts } from '../../../web/branch/drafts.ts';
import { someRepository } from '../../support/some-repository.ts';

type Contents = Readonly<Record<string, string>>;

const oidOf = (text: string): string => blobId(Buffer.from(text));

/** Revisions `r0`, `r1`, …, each a child of the one before. */
function historyOf(revisions: readonly Contents[]): Repository {
  const at = (revision: string): Contents => {
    const contents = revisions[Number(revision.slice(1))];
    if (contents === undefined) throw new Error(`there is no ${revision}`);
    return contents;
  };
  const entries = (revision: string): TreeEntry[] =>
    Object.entries(at(revision)).map(([path, text]) => ({ path, oid: oidOf(text) }));
  return someRepository({
    tree: async (revision) => entries(revision),
    changes: async (from, to) => differences(entries(from), entries(to)),
    blobs: async (oids) => {
      const all = new Map(revisions.flatMap((one) => Object.values(one).map((text) => [oidOf(text), text])));
      return new Map(oids.map((oid) => [oid, Buffer.from(all.get(oid) ?? 'unknown')]));
    },
    commits: async (from, { limit }) =>
      revisions
        .slice(0, Number(from.slice(1)) + 1)
        .map((_, index) => ({
          oid: `r${index}`,
          parents: index === 0 ? [] : [`r${index - 1}`],
          author: { name: 'Ada', email: 'ada@example.com' },
          time: index,
          message: `r${index}`,
        }))
        .reverse()
        .slice(0, limit),
    isAncestor: async (ancestor, descendant) => Number(ancestor.slice(1)) <= Number(descendant.slice(1)),
  });
}

function differences(from: readonly TreeEntry[], to: readonly TreeEntry[]): TreeChange[] {
  const [before, after] = [from, to].map((tree) => new Map(tree.map(({ path, oid }) => [path, oid])));
  const paths = [...new Set([...from, ...to].map(({ path }) => path))].sort();
  return paths.flatMap((path) => {
    const change = { path, before: before?.get(path) ?? null, after: after?.get(path) ?? null };
    return change.before === change.after ? [] : [change];
  });
}

const byPath = (a: TreeChange, b: TreeChange): number => (a.path < b.path ? -1 : 1);

function editsTo(base: Contents, wanted: Readonly<Record<string, string | null>>): Edit[] {
  return Object.entries(wanted)
    .map(([path, after]) => ({ path, before: base[path] ?? null, after }))
    .filter(({ before, after }) => before !== after);
}

const path = fc.constantFrom('a', 'b/c', 'b/d', 'e');
const text = fc.constantFrom('1', '2', '3');
const contents = fc.dictionary(path, text, { noNullPrototype: true });
const wanted = fc.dictionary(path, fc.option(text), { noNullPrototype: true });

describe('drafts', () => {
  test('law: what differs between any two, revisions or drafts, is what differs between their trees', async () => {
    const worlds = fc.record({
      revisions: fc.array(contents, { minLength: 2, maxLength: 3 }),
      drafts: fc.array(fc.tuple(fc.nat(), wanted), { minLength: 2, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(worlds, async ({ revisions, drafts: made }) => {
        const drafts = new Drafts(historyOf(revisions));
        const ids = made.map(([index, after]) => {
          const base = index % revisions.length;
          return drafts.make(`r${base}`, editsTo(revisions[base] ?? {}, after));
        });
        const { reading } = drafts;
        const all = [...revisions.map((_, index) => `r${index}`), ...ids];
        for (const from of all) {
          for (const to of all) {
            const expected = differences(await reading.tree(from), await reading.tree(to));
            expect((await reading.changes(from, to))?.toSorted(byPath), `${from} to ${to}`).toEqual(expected);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('are read as a commit on their base is: files, contents, the commit itself, ancestors', async () => {
    const drafts = new Drafts(historyOf([{ a: '1' }, { a: '1', 'b/c': '2' }]));
    const draft = drafts.make('r1', [
      { path: 'a', before: '1', after: null },
      { path: 'e', before: null, after: '3' },
    ]);
    const { reading } = drafts;
    const tree = await reading.tree(draft);
    expect(tree.map((entry) => entry.path)).toEqual(['b/c', 'e']);
    const blobs = await reading.blobs(tree.map(({ oid }) => oid));
    expect([...blobs.values()].map(String).sort()).toEqual(['2', '3']);
    const commits = async (limit: number) =>
      (await reading.commits(draft, { limit })).map(({ oid, parents }) => [oid, ...parents]);
    expect(await commits(1)).toEqual([[draft, 'r1']]);
    expect(await commits(9)).toEqual([[draft, 'r1'], ['r1', 'r0'], ['r0']]);
    expect(await reading.isAncestor('r1', draft)).toBe(true);
    expect(await reading.isAncestor('r1', 'r0')).toBe(false);
  });

  test('are in the history of the folders that they touch, and in no other', async () => {
    const drafts = new Drafts(historyOf([{ a: '1' }]));
    const draft = drafts.make('r0', [{ path: 'b/c', before: null, after: '2' }]);
    const of = async (folder: string) =>
      (await drafts.reading.commits(draft, { limit: 9, path: folder })).map(({ oid }) => oid);
    expect(await of('b')).toEqual([draft, 'r0']);
    expect(await of('b/c')).toEqual([draft, 'r0']);
    expect(await of('a')).toEqual(['r0']);
  });

  test('of the same edits are the same draft, and the eight made last are kept', async () => {
    const drafts = new Drafts(historyOf([{ a: '0' }]));
    const make = (after: string) => drafts.make('r0', [{ path: 'a', before: '0', after }]);
    const ids = Array.from({ length: 8 }, (_, index) => make(String(index + 1)));
    expect(new Set(ids).size).toBe(8);
    const [first = '', second = ''] = ids;
    expect(make('1')).toBe(first);
    make('9');
    expect(await drafts.reading.tree(first)).toEqual([{ path: 'a', oid: oidOf('1') }]);
    await expect(drafts.reading.tree(second)).rejects.toThrow(`there is no ${second}`);
  });

  test.each(['../a', '/a', '.git/config', 'a//b'])('refuse the path %j, as a commit does', (unsafe) => {
    const drafts = new Drafts(historyOf([{}]));
    expect(() => drafts.make('r0', [{ path: unsafe, before: null, after: 'x' }])).toThrow(
      expect.objectContaining({ code: 'git/unsafe-path' }),
    );
  });
});
