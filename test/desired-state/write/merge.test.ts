import { describe, expect, test } from 'vitest';
import { mergeLines } from '../../../desired-state/git/merge-file.ts';
import { acceptDrift, acceptedField } from '../../../desired-state/write/drift-edits.ts';
import { EditError } from '../../../desired-state/write/edit-error.ts';
import { mergeFields } from '../../../desired-state/write/merge-fields.ts';
import { sourceOf } from '../../../desired-state/write/source-at.ts';

const base = 'spec:\n  a: 1   # one\n  b: 2\n  list: [x]\n';

describe('fields of two edits', () => {
  test('merge when they stand on neighbouring lines, and keep the newer comments', () => {
    const theirs = base.replace('b: 2', 'b: 3   # three');
    expect(mergeFields(base, base.replace('a: 1', 'a: 9'), theirs)).toBe(
      'spec:\n  a: 9   # one\n  b: 3   # three\n  list: [x]\n',
    );
  });

  test('do not merge when both moved the same one, or one what the other lies in', () => {
    expect(mergeFields(base, base.replace('a: 1', 'a: 9'), base.replace('a: 1', 'a: 8'))).toBeNull();
    expect(mergeFields(base, base.replace('[x]', '[x, y]'), base.replace('[x]', '[x, z]'))).toBeNull();
    expect(
      mergeFields(base, base.replace('a: 1', 'a: {c: 1}'), base.replace('a: 1', 'a: {d: 1}')),
    ).toBeNull();
    expect(mergeFields(base, base.replace('a: 1', 'a: 9'), 'spec: 5\n')).toBeNull();
  });

  test('merge when both moved the same one to the same, and when one removed another', () => {
    const theirs = 'spec:\n  a: 9   # one\n  list: [x]\n';
    expect(mergeFields(base, base.replace('a: 1', 'a: 9').replace('[x]', '[z]'), theirs)).toBe(
      'spec:\n  a: 9   # one\n  list:\n    - z\n',
    );
  });

  test('do not merge in a text that is no YAML', () => {
    expect(mergeFields(base, base.replace('a: 1', 'a: 9'), 'spec: [\n')).toBeNull();
  });
});

test('lines merge as git merges them: apart they do, side by side they do not', async () => {
  const text = ['1', '2', '3', '4', '5', ''].join('\n');
  expect(await mergeLines(text, text.replace('1', 'ours'), text.replace('5', 'theirs'))).toBe(
    ['ours', '2', '3', '4', 'theirs', ''].join('\n'),
  );
  expect(await mergeLines(text, text.replace('2', 'ours'), text.replace('2', 'theirs'))).toBeNull();
});

describe('what was found on a node', () => {
  const resource = { kind: 'container', name: 'tenant_acme_runtime' };
  test.each([
    ['memoryBytes', 536_870_912, { pointer: '/spec/runtime/resources/memory', value: '512Mi' }],
    ['memoryBytes', 1_073_741_824, { pointer: '/spec/runtime/resources/memory', value: '1Gi' }],
    ['memoryBytes', 1_000, null],
    ['nanoCpus', 250_000_000, { pointer: '/spec/runtime/resources/cpus', value: 0.25 }],
    ['running', false, { pointer: '/spec/runtime/state', value: 'stopped' }],
    ['env.A~/B', 'x', { pointer: '/spec/runtime/env/A~0~1B', value: 'x' }],
    ['env.GONE', undefined, { pointer: '/spec/runtime/env/GONE' }],
    ['env.TOKEN', { secret: 'TOKEN', fingerprint: 'f' }, null],
    ['mounts./data', { type: 'bind' }, null],
    ['constructor', 'x', null],
  ])('as %s %j has this place in Git', (path, actual, place) => {
    expect(acceptedField({ resource, path, actual })).toEqual(place);
  });

  test('and has none in Git is refused', () => {
    const source = sourceOf(new Map([['tenants/acme/tenant.yaml', 'spec: {}\n']]));
    const field = { resource: { kind: 'files', name: 'acme' }, path: 'prompts/a', actual: 'f' };
    expect(() => acceptDrift(source, 'acme', [field])).toThrow(EditError);
  });
});
