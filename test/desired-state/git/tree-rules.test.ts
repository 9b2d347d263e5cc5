import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GitError } from '../../../desired-state/git/errors.ts';
import {
  judgePath,
  judgeTree,
  MAX_BLOB_BYTES,
  MAX_FILES,
  type RawEntry,
} from '../../../desired-state/git/tree-rules.ts';

const oid = 'a'.repeat(40);
const entry = (path: string | Uint8Array, changes: Partial<RawEntry> = {}): RawEntry => ({
  mode: '100644',
  oid,
  size: 1,
  path: Buffer.from(path),
  ...changes,
});

function offences(entries: readonly RawEntry[]): readonly { path: string; why: string }[] {
  try {
    judgeTree(entries);
  } catch (error) {
    if (error instanceof GitError && error.code === 'git/unsafe-tree') return error.offences;
    throw error;
  }
  return [];
}

describe('a tree', () => {
  test('of regular files is answered as it is', () => {
    const entries = [
      entry('a'),
      entry('b/c.yaml', { mode: '100755' }),
      entry('b/größe ☃.yaml'),
      entry('.gitignore'),
    ];
    expect(judgeTree(entries)).toEqual([
      { path: 'a', oid },
      { path: 'b/c.yaml', oid },
      { path: 'b/größe ☃.yaml', oid },
      { path: '.gitignore', oid },
    ]);
  });

  test.each([
    ['120000', 'symbolic link'],
    ['160000', 'submodule'],
    ['100664', '100664'],
    ['040000', '040000'],
  ])('with the mode %s is refused', (mode, why) => {
    expect(offences([entry('x', { mode })])).toEqual([
      { path: 'x', why: expect.stringContaining(why) as string },
    ]);
  });

  test.each([
    '.git/config',
    'a/.GIT',
    'a/.git /x',
    'GIT~1/x',
    '../x',
    'a/../b',
    './a',
    'a//b',
    '/etc/x',
    'a\\b',
    'a\tb',
    'a\u007f',
  ])('with the path %j is refused', (path) => {
    expect(offences([entry('fine'), entry(path)])).toHaveLength(1);
  });

  test('with a name that is not UTF-8 is refused, and the message is printable', () => {
    const [offence] = offences([entry(Uint8Array.of(0x61, 0xff, 0x1b))]);
    expect(offence).toEqual({ path: 'aÿ\\x1b', why: 'has a name that is not UTF-8' });
  });

  test('with a file over the cap is refused with its path, and one at the cap is not', () => {
    expect(offences([entry('full', { size: MAX_BLOB_BYTES })])).toEqual([]);
    const [offence] = offences([entry('full', { size: MAX_BLOB_BYTES + 1 })]);
    expect(offence?.path).toBe('full');
    expect(offence?.why).toContain(String(MAX_BLOB_BYTES + 1));
  });

  test('with names that differ in case or Unicode form only is refused, folders too', () => {
    expect(offences([entry('a/X'), entry('a/x')]).map(({ path }) => path)).toEqual(['a/x']);
    expect(offences([entry('Tenants/a'), entry('tenants/b')]).map(({ path }) => path)).toEqual(['tenants']);
    expect(offences([entry('caf\u00e9'), entry('cafe\u0301')])).toHaveLength(1);
    expect(offences([entry('a/x'), entry('b/X'), entry('a/y')])).toEqual([]);
  });

  test('with many offences is refused with all of them, each on a line of the message', () => {
    const entries = Array.from({ length: 50 }, (_, index) => entry(`link-${index}`, { mode: '120000' }));
    expect(offences(entries)).toHaveLength(50);
    expect(() => judgeTree(entries)).toThrow(/50 paths[^]*\n {2}link-0 is a symbolic link[^]*\n {2}link-49 /);
  });

  test('of more files than are allowed is refused', () => {
    const entries = Array.from({ length: MAX_FILES + 1 }, (_, index) => entry(`f${index}`));
    expect(() => judgeTree(entries)).toThrow(String(MAX_FILES));
    expect(judgeTree(entries.slice(1))).toHaveLength(MAX_FILES);
  });

  test('that is accepted never names a path outside of its root', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', '.git', '/', '\\', 'a', 'A'),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const path = parts.join('/');
        if (judgePath(path) !== null) return;
        const resolved = new URL(`file:///root/${path.split('/').map(encodeURIComponent).join('/')}`)
          .pathname;
        expect(resolved.startsWith('/root/')).toBe(true);
        expect(path.split('/').map((name) => name.toLowerCase())).not.toContain('.git');
      }),
    );
  });
});
