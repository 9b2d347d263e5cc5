import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bugNamed, bugs } from './all.ts';
import { withEdits } from './bug.ts';
import { BugLab, isCaught } from './lab.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('seeded bugs', () => {
  test.each(bugs)('$name still fits the code, and is code', ({ edits }) => {
    for (const file of new Set(edits.map((edit) => edit.file))) {
      const text = readFileSync(join(root, file), 'utf8');
      const own = edits.filter((edit) => edit.file === file);
      expect(stripTypeScriptTypes(withEdits(text, own))).not.toBe(stripTypeScriptTypes(text));
    }
  });

  test('a bug is caught by what it is known by; a program that is broken is not caught by anything', () => {
    const bug = { complaint: /^INV-5: DELETE/ };
    expect(isCaught(bug, ['INV-5: DELETE /volumes/{name} x#1 is no call of a reconciler'])).toBe(true);
    expect(isCaught(bug, [])).toBe(false);
    expect(isCaught(bug, ['INV-2: the final state differs: a is 1 and should be 2'])).toBe(false);
    expect(isCaught(bug, ['INV-5: DELETE x', 'a mistake in the program: ReferenceError: y'])).toBe(false);
  });

  test('a piece that is gone, or there twice, is told', () => {
    const edit = { file: 'a.ts', find: 'x', replace: 'y' };
    expect(() => withEdits('a', [edit])).toThrow('a.ts holds this 0 times');
    expect(() => withEdits('x x', [edit])).toThrow('a.ts holds this 2 times');
    expect(withEdits('ax', [edit])).toBe('ay');
  });
});

describe('the oracle finds bugs that are put into the code, and none in the code without them', () => {
  let lab: BugLab;
  beforeAll(async () => {
    lab = await BugLab.open();
  });
  afterAll(() => lab.close());

  // One of each kind; all of them: `npm run faults -- --bugs`.
  test.each([
    'stop-before-healthy',
    'empty-list-believed',
    'secret-in-log',
    'lock-not-taken',
    'token-not-recorded',
    'event-believed-unneeded',
  ])(
    '%s',
    async (name) => {
      const { caught, complaints, alarms, reached } = await lab.examine(bugNamed(name));
      expect(reached).toBe(true);
      expect(alarms).toEqual([]);
      expect(caught, complaints.join('\n')).toBe(true);
    },
    180_000,
  );
});
