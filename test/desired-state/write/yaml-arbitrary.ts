import fc from 'fast-check';
import { parseDocument, stringify } from 'yaml';
import type { Json } from '../../../desired-state/write/yaml-node.ts';

const key = fc
  .oneof(fc.stringMatching(/^[a-zA-Z_]{1,6}$/), fc.constantFrom('a/b', 'x~y', 'yes', '1', 'a: b'))
  .filter((name) => name !== '__proto__');
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[a-z \n#:-]{0,30}$/),
  fc.constantFrom(
    '',
    'yes',
    '1.10',
    '0777',
    'a\nb\n',
    'a\n\n\n',
    ' lead',
    '- x',
    '# no',
    'null',
    '2026-11-21T10:00:00Z',
  ),
);

/** Any value that a document may hold. */
export const jsonValue: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

/** Every path inside a value, its own parts before their parts. */
export function pathsOf(value: unknown, at: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[...at, name], ...pathsOf(inner, [...at, name])]);
}

/** A value written in some style of YAML, with comment lines and blank lines between its top-level keys. */
export function textWithComments(value: Readonly<Record<string, Json>>): fc.Arbitrary<string> {
  const pairs = Object.entries(value).map(([name, inner]) =>
    fc
      .record({
        gap: fc.constantFrom('', '# note\n', '\n# a: b\n', '# first\n# second\n'),
        style: fc.constantFrom('any', 'flow', 'block'),
        indent: fc.constantFrom(2, 4),
        quoting: fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE'),
        indentSeq: fc.boolean(),
      })
      .map(({ gap, style, indent, quoting, indentSeq }) => {
        const written = stringify(
          { [name]: inner },
          {
            collectionStyle: style === 'any' || style === 'flow' || style === 'block' ? style : 'any',
            indent,
            indentSeq,
            defaultStringType: quoting === 'PLAIN' || quoting === 'QUOTE_SINGLE' ? quoting : 'QUOTE_DOUBLE',
            lineWidth: 0,
          },
        );
        // In flow style the printer puts braces around the whole; a pair is wanted.
        return style === 'flow'
          ? `${gap}${stringify({ [name]: 0 }).replace(/0\n$/, '')}${JSON.stringify(inner)}\n`
          : gap + written;
      }),
  );
  // The printer of `yaml` has corners of its own (an empty list with `indentSeq: false`) whose output nothing reads.
  return fc
    .tuple(...pairs)
    .map((parts) => parts.join(''))
    .filter((text) => parseDocument(text).errors.length === 0);
}
