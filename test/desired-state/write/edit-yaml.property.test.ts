import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { isScalar, parse, parseDocument, stringify } from 'yaml';
import { deleteValue, setScalar, setValue } from '../../../desired-state/write/edit-yaml.ts';
import { valueAt, withoutValue, withValue } from '../../../desired-state/write/json-value.ts';
import { toPointer } from '../../../schemas/yaml-tree.ts';
import { jsonValue, pathsOf, textWithComments } from './yaml-arbitrary.ts';

const settings = { numRuns: 300 };
const scalar = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(null));

/** A text of YAML, its value, and one of the paths in it. */
const textAndPath = fc
  .dictionary(fc.stringMatching(/^[a-zA-Z_]{1,6}$/), jsonValue, {
    minKeys: 1,
    maxKeys: 4,
    noNullPrototype: true,
  })
  .chain((value) =>
    fc.record({
      text: textWithComments(value),
      path: fc.constantFrom(...pathsOf(value)),
    }),
  );

function comments(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('#'));
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let next = 0;
  for (const item of whole) if (next < part.length && item === part[next]) next++;
  return next === part.length;
}

describe('an edit of any document', () => {
  it('changes no character outside the scalar that it sets', () => {
    fc.assert(
      fc.property(textAndPath, scalar, ({ text, path }, value) => {
        const node = parseDocument(text).getIn(path, true);
        fc.pre(isScalar(node) && (node.type === 'PLAIN' || node.type?.startsWith('QUOTE') === true));
        const [start, end] = isScalar(node) && node.range ? node.range : [0, 0];
        fc.pre(typeof value !== 'string' || !value.includes('\n'));
        const edited = setScalar(text, toPointer(path), value);
        expect(edited.slice(0, start)).toBe(text.slice(0, start));
        expect(edited.slice(edited.length - (text.length - end))).toBe(text.slice(end));
        expect(parse(edited)).toEqual(withValue(parse(text), path, value));
      }),
      settings,
    );
  });

  it('reads back as exactly what was meant, for two independent readers', () => {
    fc.assert(
      fc.property(textAndPath, jsonValue, ({ text, path }, value) => {
        const edited = setValue(text, toPointer(path), value);
        const wanted = withValue(parse(text), path, value);
        expect(parse(edited)).toEqual(wanted);
        expect(load(edited)).toEqual(wanted);
      }),
      settings,
    );
  });

  it('inserts a key without removing or reordering a line', () => {
    fc.assert(
      fc.property(textAndPath, jsonValue, ({ text, path }, value) => {
        const parent = valueAt(parse(text), path);
        fc.pre(typeof parent === 'object' && parent !== null && !Array.isArray(parent));
        const edited = setValue(text, toPointer([...path, 'inserted']), value);
        expect(parse(edited)).toEqual(withValue(parse(text), [...path, 'inserted'], value));
        // What stood in braces grows on its own line; every other line is still there, in order.
        const before = text.split('\n').filter((line) => !/[{}[\]]/.test(line));
        expect(isSubsequence(before, edited.split('\n'))).toBe(true);
      }),
      settings,
    );
  });

  it('deletes a value and leaves every comment line outside it', () => {
    fc.assert(
      fc.property(textAndPath, ({ text, path }) => {
        const edited = deleteValue(text, toPointer(path));
        expect(parse(edited)).toEqual(withoutValue(parse(text), path));
        if (path.length === 1) expect(comments(edited)).toEqual(comments(text));
      }),
      settings,
    );
  });

  it('is undone by setting the old scalar again', () => {
    fc.assert(
      fc.property(textAndPath, fc.integer(), ({ text, path }, value) => {
        const old = valueAt(parse(text), path);
        fc.pre(typeof old === 'number' && stringify(old).trim() === String(old));
        const there = setScalar(text, toPointer(path), value);
        expect(setScalar(there, toPointer(path), old)).toBe(text);
      }),
      settings,
    );
  });
});
