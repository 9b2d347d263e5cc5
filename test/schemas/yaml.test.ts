import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readYaml } from '../../schemas/yaml.ts';
import { MAX_FILE_BYTES } from '../../schemas/yaml-text.ts';
import { bytes, oracle } from './documents.ts';

/** `line:column code` of each finding. */
function findings(content: string | Uint8Array): string[] {
  const file = readYaml(typeof content === 'string' ? bytes(content) : content);
  if (file.findings.length > 0) expect(file.value).toBeNull();
  for (const { message } of file.findings) expect(message).toMatch(/^[A-Z].*\.$/s);
  return file.findings.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

test.each([
  ['a tab as indentation', 'a:\n\tb: 1\n', ['2:1 yaml/tab-as-indent']],
  [
    'a key given twice',
    'a: 1\nb: {x: 1, x: 2}\na: 3\n',
    ['2:11 yaml/duplicate-key', '3:1 yaml/duplicate-key'],
  ],
  ['an anchor and its alias', 'a: &x 1\nb: *x\n', ['1:4 yaml/anchor', '2:4 yaml/alias']],
  ['a merge key', 'a:\n  <<: {b: 1}\n', ['2:3 yaml/merge']],
  ['a key marked as such', '? a\n: b\n', ['1:1 yaml/explicit-key']],
  ['a custom tag', 'a: !vault x\nb: !!binary aGk=\n', ['1:4 yaml/tag', '2:4 yaml/tag']],
  ['a directive', '%YAML 1.1\n---\na: yes\n', ['1:1 yaml/directive']],
  [
    'a text that a comment without a space would make swallow a line',
    'a:\n  -\n#x\n    b\n  - c\n',
    ['4:5 yaml/after-comment'],
  ],
  ['a second document', 'a: 1\n---\nb: 2\n', ['2:1 yaml/several-documents']],
  ['a __proto__ key', 'a:\n  __proto__: {x: 1}\n', ['2:3 yaml/reserved-key']],
  ['a quoted __proto__ key', '{"__proto__": 1}', ['1:2 yaml/reserved-key']],
  [
    'keys that are no texts',
    '1: a\ntrue: b\n[x]: c\n',
    ['1:1 yaml/key-not-text', '2:1 yaml/key-not-text', '3:1 yaml/key-not-text'],
  ],
  ['a number too large to be exact', 'phone: 49170123456789012345\n', ['1:8 yaml/unsafe-number']],
  ['infinity', 'a: .inf\n', ['1:4 yaml/unsafe-number']],
  ['a number with a leading zero', 'zip: 01234\n', ['1:6 yaml/ambiguous-number']],
  ['an escaped NUL', 'a: "x\\0y"\n', ['1:4 yaml/unusable-text']],
  ['half a surrogate pair', 'a: "\\ud800"\n', ['1:4 yaml/unusable-text']],
  ['a NUL', 'a: b\u0000c\n', ['1:5 yaml/control-character']],
  ['an escape character', 'ok: 1\na: \u001B[31m\n', ['2:4 yaml/control-character']],
  ['a lone carriage return', 'a: 1\rb: 2\n', ['1:5 yaml/control-character']],
  ['an empty file', '', ['1:1 yaml/empty']],
  ['a file of comments', '# nothing\n', ['1:1 yaml/empty']],
  ['a document that is null', '---\n~\n', ['1:1 yaml/empty']],
  ['an unclosed quote', 'a: "x\nb: 1\n', ['3:1 yaml/missing-char']],
  ['an unclosed bracket', 'a: [1, 2\n', ['2:1 yaml/bad-indent']],
  ['a stray colon', 'a: b: c\n', ['1:4 yaml/block-as-implicit-key']],
])('Refused with its position: %s', (_, text, expected) => {
  expect(findings(text)).toEqual(expected);
});

test('Bytes that are not UTF-8 are found where they stand', () => {
  const broken = Uint8Array.from([...bytes('a: 1\nb: é'), 0xc3, 0x28, ...bytes('\n')]);
  expect(findings(broken)).toEqual(['2:5 yaml/not-utf8']);
  expect(findings(Uint8Array.from([0xff, 0xfe, 0x61, 0x00]))).toEqual(['1:1 yaml/not-utf8']);
});

test('A byte order mark is no fault, and Windows line ends count as one', () => {
  const file = readYaml(bytes('\uFEFFa: 1\r\nb:\r\n  c: x\r\n'));
  expect(file.findings).toEqual([]);
  expect(file.value).toEqual({ a: 1, b: { c: 'x' } });
  expect(file.locate('/b/c')).toEqual({ line: 3, column: 6 });
});

describe('content that is made to cost', () => {
  const fill = (unit: string) => unit.repeat(Math.floor(MAX_FILE_BYTES / unit.length));

  test.each(['[', '{', '[a,', '- ', 'a: ', '{a: ', ': '])(
    'A file full of %j ends at the depth limit',
    (unit) => {
      const [finding, ...more] = findings(fill(unit));
      expect(finding).toMatch(/ yaml\/too-deep$/);
      expect(more).toEqual([]);
    },
  );

  test('Nesting of 5,000 levels by indentation ends at the depth limit', () => {
    const stair = Array.from({ length: 5_000 }, (_, i) => `${' '.repeat(Math.min(i, 600))}a:`).join('\n');
    expect(findings(stair.slice(0, MAX_FILE_BYTES))[0]).toMatch(/ yaml\/too-deep$/);
  });

  test.each(['\n', '? ', '""', ']', ',', '---\n', 'a\n:', '#\n'])(
    'A file full of %j is refused in a few findings',
    (unit) => {
      const found = findings(fill(unit));
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThanOrEqual(50);
    },
  );

  test('Aliases that would multiply are refused before anything follows them', () => {
    const level = (i: number) =>
      `l${i}: &l${i} [${Array(9)
        .fill(`*l${i - 1}`)
        .join(', ')}]`;
    const bomb = ['l0: &l0 ["lol"]', ...Array.from({ length: 9 }, (_, i) => level(i + 1))].join('\n');
    expect(findings(bomb).every((finding) => / yaml\/(?:anchor|alias)$/.test(finding))).toBe(true);
  });

  test('A file over the cap is refused by its size alone, one at the cap is read', () => {
    const text = `a: ${'x'.repeat(MAX_FILE_BYTES - 4)}\n`;
    expect(findings(text)).toEqual([]);
    expect(findings(`${text}#`)).toEqual(['1:1 yaml/too-large']);
  });
});

describe('positions', () => {
  const file = readYaml(
    bytes(`# first
spec:
  owner: me
  env: {A: "1", B: "2"}
  list:
    - name: x
    - y
  text: |
    one
  "a/b~c": 1
  empty:
`),
  );

  test.each([
    ['', 2, 1],
    ['/spec', 2, 1],
    ['/spec/owner', 3, 10],
    ['/spec/env', 4, 8],
    ['/spec/env/B', 4, 20],
    ['/spec/list', 5, 3],
    ['/spec/list/0', 6, 7],
    ['/spec/list/0/name', 6, 13],
    ['/spec/list/1', 7, 7],
    ['/spec/text', 8, 9],
    ['/spec/a~1b~0c', 10, 12],
    ['/spec/empty', 11, 9],
    ['/spec/missing', 2, 1],
    ['/spec/env/C', 4, 3],
    ['/spec/list/9', 5, 3],
    ['/missing/deep', 2, 1],
  ])('%s stands at %d:%d', (pointer, line, column) => {
    expect(file.locate(pointer)).toEqual({ line, column });
  });

  test('Keys are found apart from their values, and scalars as they are written', () => {
    expect(file.locateKey('/spec/env/B')).toEqual({ line: 4, column: 17 });
    expect(file.locateKey('/spec/owner')).toEqual({ line: 3, column: 3 });
    expect(file.source('/spec/owner')).toBe('me');
    expect(file.source('/spec/env')).toBeNull();
  });
});

describe('a second parser as the oracle', () => {
  test('Any JSON value that is written as YAML is read alike by both, and as what it was', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4 })), (value) => {
        const text = stringify({ config: value });
        const file = readYaml(bytes(text));
        if (file.findings.length > 0) {
          for (const { code } of file.findings)
            expect(code).toMatch(/unsafe-number|reserved-key|merge|control|unusable/);
          return;
        }
        // Through JSON on both sides: it has no negative zero.
        expect(JSON.parse(JSON.stringify(file.value))).toEqual(JSON.parse(JSON.stringify({ config: value })));
        expect(oracle(text)).toEqual({ value: file.value });
      }),
    );
  });

  test('Text made of the pieces of YAML never throws, and maps and lists never read differently in the two', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b: ',
        'c:\n',
        '- ',
        '\n',
        '  ',
        '    ',
        '{',
        '}',
        '[',
        ']',
        ', ',
        '"',
        "'",
        '|\n',
        '>-\n',
        '# x\n',
        '1.10',
      ],
      ...[
        '0x1F',
        '0o17',
        '007',
        '1e3',
        '+1',
        '.5',
        '1_000',
        'NO',
        'yes',
        'null',
        '~',
        'true',
        'True',
        '2026-12-01',
        ': ',
      ],
      ...[
        '12:30:45',
        '&x ',
        '*x',
        '!t ',
        '---\n',
        '...\n',
        '%A\n',
        '\t',
        '\\',
        '? ',
        '<<: ',
        '__proto__: ',
        'é',
        '\u2028',
        '-',
        '',
      ],
      ...[
        '0b11',
        '-0',
        '-.5',
        '1.',
        '0.0',
        '.nan',
        'TRUE',
        'Null',
        '1__0',
        '0x',
        '1e',
        '0e0',
        '=',
        '"\\x41"',
        '"a\\\n b"',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('');
        const file = readYaml(bytes(text));
        if (file.findings.length > 0 || typeof file.value !== 'object') return;
        const second = oracle(text);
        if (second !== null) expect(file.value, JSON.stringify(text)).toEqual(second.value);
      }),
      { numRuns: 20_000 },
    );
  });

  test('Arbitrary bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
        const file = readYaml(content);
        expect(file.findings.length > 0 || file.value !== null).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
