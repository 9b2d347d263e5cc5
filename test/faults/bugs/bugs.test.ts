import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bugs } from './all.ts';
import { withEdits } from './bug.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('seeded bugs', () => {
  test.each(bugs)('$name still fits the code, and is code', ({ edits }) => {
    for (const file of new Set(edits.map((edit) => edit.file))) {
      const text = readFileSync(join(root, file), 'utf8');
      const own = edits.filter((edit) => edit.file === file);
      expect(stripTypeScriptTypes(withEdits(text, own))).not.toBe(stripTypeScriptTypes(text));
    }
  });

  test('a piece that is gone, or there twice, is told', () => {
    const edit = { file: 'a.ts', find: 'x', replace: 'y' };
    expect(() => withEdits('a', [edit])).toThrow('a.ts holds this 0 times');
    expect(() => withEdits('x x', [edit])).toThrow('a.ts holds this 2 times');
    expect(withEdits('ax', [edit])).toBe('ay');
  });
});
