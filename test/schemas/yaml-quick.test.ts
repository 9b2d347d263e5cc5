import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExactly } from '../../schemas/yaml.ts';
import { readQuickly } from '../../schemas/yaml-quick.ts';

const sound = `# a tenant
apiVersion: tenantry.dev/v1
kind: Tenant
metadata: {name: acme, labels: {team: "support"}}
spec:
  owner: ops@example.com
  restart: '2026-11-21'
  runtime:
    command: [node, "a b.js", 'it''s']
    resources:
      memory: 512Mi
      cpus: 0.5
      pids: 128
    volumes:
    - name: data
      mountPath: /data  # kept
      backup: true
    -
      name: cache
      mountPath: /cache
  config:
    url: https://example.com:8443/a?b=c&d#e
    nothing:
    none: ~
    below: -12
    list:
      - - 1
        - 2
      - {a: [b, {c: d}]}
  text: |
    One.

      - Two: three!
    # four
  folded: >-
    a
    b
`;

/** Pieces of YAML, sound and broken, that say something only in company. */
const pieces = [
  ...['a', 'b: 1', 'key:', ' ', '  ', '\n', '\n  ', '\n    ', '\n- ', '- ', '-', ':', ': ', ' :', ' #c', '#'],
  ...['"q"', "'s'", '"a\\n"', '"\\u00e9"', '"\\ud800"', '"\\0"', "it's", '"', "'", '\\', '"a": b', '"a":b'],
  ...[
    '[',
    ']',
    '{',
    '}',
    ', ',
    ',',
    '[a, b]',
    '{a: 1}',
    '{"a":b}',
    '[a: b]',
    '{a}',
    '{a, b: }',
    '[a,]',
    '[\na]',
  ],
  ...[
    '|',
    '>',
    '|-\n  x\n',
    '|\n  t\n\n   u\n',
    '>+\n a\n\n b\n',
    '|2\n   x\n',
    '|#c\n x\n',
    '>\n\n\n  a\n   b\n  c\n',
  ],
  ...[
    '1',
    '0.5',
    '-1',
    '1e3',
    '010',
    '0x1',
    '0o7',
    '.5',
    '5.',
    '+1',
    '-0',
    '1_000',
    '12:30',
    '.inf',
    '99999999999999999',
  ],
  ...['null', '~', 'true', 'False', 'yes', 'NO', '=', '---', '...', '\n...\n', '\n---\n', '%YAML 1.2\n'],
  ...[
    '&a',
    ' &a b',
    '*a',
    '!t',
    ' !!str 1',
    '? ',
    '\n? a',
    '@',
    '`',
    '<<: x',
    '__proto__: 1',
    'constructor: 1',
  ],
  ...[
    '\t',
    '\r\n',
    '\uFEFF',
    '\u0085',
    '\u2028',
    'é',
    'b: 2',
    '\n k: v\n',
    '\n  k: v\n  l: w\n',
    '- - x',
    'x: y: z',
    'key:\n- [a]',
    '\n- "q"',
    '\n#c\n',
    '\n #c\n    ',
  ],
];

const text = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
  fc
    .array(fc.tuple(fc.nat(sound.length), fc.nat(8), fc.constantFrom('', ...pieces)), { maxLength: 4 })
    .map((edits) =>
      edits.reduce((whole, [at, gone, put]) => whole.slice(0, at) + put + whole.slice(at + gone), sound),
    ),
  fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 12 }), fc.constantFrom('', ...pieces)).map(
    ([from, count, end]) =>
      `${sound
        .split('\n')
        .slice(from, from + count)
        .join('\n')}\n${end}`,
  ),
);

describe('the quick reader of YAML', () => {
  it('answers nothing but what the exact reader answers, and only where that one finds nothing wrong', () => {
    fc.assert(
      fc.property(text, (yaml) => {
        const quick = readQuickly(yaml);
        if (quick === null) return;
        const exact = readExactly(yaml);
        expect(exact.findings).toEqual([]);
        expect(quick.value).toStrictEqual(exact.value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads what people write', () => {
    expect(readQuickly(sound)?.value).toStrictEqual(readExactly(sound).value);
    expect(readQuickly(sound)).not.toBeNull();
  });

  it.each([
    ['anchors', 'a: &b c\n'],
    ['aliases', 'a: *b\n'],
    ['tags', 'a: !!str 1\n'],
    ['merge keys', 'a: 1\n<<: b\n'],
    ['a key that is there twice', 'a: 1\na: 2\n'],
    ['a key that is no text', '1: a\n'],
    ['the prototype', '__proto__: 1\n'],
    ['a number that programs read differently', 'a: 010\n'],
    ['a number that loses digits', 'a: 12345678901234567890\n'],
    ['a second document', 'a: 1\n---\nb: 2\n'],
    ['an empty document', '# nothing\n'],
    ['a key behind the end of a list on one line', 'a:\n- [b]c: 2\n'],
    ['a key behind a text in a list on one line', "a:\n- 'b' c: 2\n"],
    ['a quoted key behind a map in a list on one line', 'a:\n- {b: c}"d": 2\n'],
    ['half a character', 'a: "\\ud800"\n'],
    ['nesting without end', '['.repeat(70) + ']'.repeat(70)],
    ['more tokens than are read', `a: [${'1,'.repeat(6_500)}1]\n`],
    ['more lines than are read', 'a: 1\n'.repeat(4_000)],
  ])('leaves %s to the exact reader', (_, yaml) => {
    expect(readQuickly(yaml)).toBeNull();
  });
});
