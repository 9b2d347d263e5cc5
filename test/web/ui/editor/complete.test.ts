import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSchema } from '../../../../schemas/kinds.ts';
import { hoverAt, suggestions } from '../../../../web/ui/editor/complete.ts';
import { placeAt } from '../../../../web/ui/editor/place.ts';
import { smallestChange } from '../../../../web/ui/editor/smallest-change.ts';
import type { JsonSchema } from '../../../../web/ui/form/schema.ts';

const schema = readSchema('Tenant') as JsonSchema;
/** The text with its cursor, which is written `|`. */
const cursor = (marked: string): [string, number] => [marked.replace('|', ''), marked.indexOf('|')];
const proposed = (marked: string): string[] =>
  suggestions(...cursor(marked), schema)?.options.map(({ label }) => label) ?? [];

describe('completion', () => {
  test('proposes the keys of the map that the cursor is in', () => {
    expect(proposed('|')).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(proposed('spec:\n  ru|')).toContain('runtime');
    expect(proposed('spec:\n  runtime:\n    re|')).toEqual(
      expect.arrayContaining(['resources', 'restart', 'readOnlyRoot']),
    );
    expect(proposed('spec:\n  runtime:\n    state: running\n  |')).toContain('channel');
  });

  test('proposes the words that a value may be', () => {
    expect(proposed('spec:\n  runtime:\n    state: |')).toEqual(['running', 'stopped']);
    expect(proposed('spec:\n  whatsapp: {enabled: |')).toEqual(['true', 'false']);
    expect(proposed('kind: |')).toEqual(['Tenant']);
  });

  test('knows lists, as deep as their key or deeper, and braces', () => {
    expect(proposed('spec:\n  runtime:\n    volumes:\n      - |')).toEqual(['name', 'mountPath', 'backup']);
    expect(proposed('spec:\n  runtime:\n    volumes:\n    - name: a\n      m|')).toContain('mountPath');
    expect(proposed('spec:\n  runtime:\n    volumes:\n      - {name: a, |')).toContain('backup');
    expect(proposed('spec:\n  runtime:\n    volumes:\n    - name: a\n    |')).toContain('env');
    expect(proposed('spec:\n  runtime:\n    resources: {me|')).toContain('memory');
  });

  test('proposes nothing in comments, in blocks of text, and where the language says nothing', () => {
    expect(proposed('# sp|')).toEqual([]);
    const block = 'spec:\n  text: |\n    Say hello\n    no';
    expect(placeAt(block, block.length)).toBeNull();
    expect(proposed('spec:\n  config:\n    any|')).toEqual([]);
  });

  test('never throws, whatever a text holds and wherever the cursor is', () => {
    const piece = fc.constantFrom(
      'spec:',
      '\n',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ',',
      ': ',
      '"',
      "'",
      'a',
      '#',
      '|',
      'runtime',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(200), (pieces, at) => {
        const text = pieces.join('');
        suggestions(text, Math.min(at, text.length), schema);
        hoverAt(text, Math.min(at, text.length), schema);
      }),
    );
  });
});

test('hover explains the key under the pointer from the schema', () => {
  const text = 'spec:\n  drift: heal\n';
  expect(hoverAt(text, text.indexOf('rift'), schema)).toEqual({
    title: 'spec.drift',
    body: expect.stringContaining('undoes what others changed'),
  });
});

test('one range turns a text into another', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const change = smallestChange(before, after);
      const applied =
        change === null ? before : before.slice(0, change.from) + change.insert + before.slice(change.to);
      expect(applied).toBe(after);
    }),
  );
  expect(smallestChange('state: running # x', 'state: stopped # x')).toEqual({
    from: 7,
    to: 14,
    insert: 'stopped',
  });
});
