import { MAX_FILE_BYTES } from '../../../schemas/yaml-text.ts';
import { acmeWith, HERE, type HostileInput, hostile, runtimeWith } from '../entry.ts';
import { document } from '../fleet.ts';

/** As many copies as fit into a file at its cap. */
function fill(unit: string): string {
  return unit.repeat(Math.floor((MAX_FILE_BYTES - 400) / unit.length));
}

/** Ten levels of ten aliases each: as many values as there are atoms in a grain of salt, were they written out. */
function laughs(level: (index: number) => string): string {
  return Array.from({ length: 10 }, (_, index) => `    ${level(index)}\n`).join('');
}

const aliases = (name: string) => Array.from({ length: 10 }, () => `*${name}`);

const bombs: HostileInput[] = [
  hostile(
    'a billion laughs in lists',
    acmeWith(
      `  config:\n    l: ${HERE}&l0 [lol]\n${laughs((i) => `l${i}: &l${i + 1} [${aliases(`l${i}`).join(', ')}]`)}`,
    ),
    'yaml/anchor',
  ),
  hostile(
    'a billion laughs in maps',
    acmeWith(
      `  config:\n    l: ${HERE}&l0 {a: lol}\n${laughs(
        (i) =>
          `l${i}: &l${i + 1} {${aliases(`l${i}`)
            .map((alias, key) => `k${key}: ${alias}`)
            .join(', ')}}`,
      )}`,
    ),
    'yaml/anchor',
  ),
  hostile(
    'a billion laughs by merges',
    acmeWith(
      `  config:\n    l: ${HERE}&l0 {a: lol}\n${laughs((i) => `l${i}: &l${i + 1} {<<: [${aliases(`l${i}`).join(', ')}]}`)}`,
    ),
    'yaml/anchor',
  ),
  hostile(
    'one large anchor and thousands of its aliases',
    acmeWith(`  config: {a: ${HERE}&a [${'x, '.repeat(500)}], b: [${'*a, '.repeat(5_000)}]}`),
    'yaml/anchor',
  ),
  hostile('a file of aliases of nothing', acmeWith(`  config: {a: [${HERE}${fill('*a, ')}]}`), 'yaml/alias'),
];

/** The 64th level within the healthy file stands at this depth. */
const nesting: HostileInput[] = [
  hostile(
    'lists 5,000 deep',
    acmeWith(`  config: {a: ${'['.repeat(63)}${HERE}${'['.repeat(4_937)}${']'.repeat(5_000)}}`),
    'yaml/too-deep',
  ),
  hostile(
    'maps 5,000 deep',
    acmeWith(`  config: ${'{a: '.repeat(63)}{${HERE}a: ${'{a: '.repeat(4_936)}1${'}'.repeat(5_000)}`),
    'yaml/too-deep',
  ),
  hostile(
    'lists and maps 5,000 deep in turn',
    acmeWith(`  config: ${'{a: ['.repeat(32)}${HERE}${'{a: ['.repeat(2_468)}`),
    'yaml/too-deep',
  ),
  hostile(
    'dashes 5,000 deep on one line',
    acmeWith(`  config:\n    a:\n    ${'- '.repeat(62)}-${HERE} ${'- '.repeat(4_937)}1`),
    'yaml/too-deep',
  ),
  hostile(
    'a staircase of keys',
    acmeWith(
      `  config:\n${Array.from({ length: 700 }, (_, i) => `${' '.repeat(i + 4)}a${i === 63 ? HERE : ''}:`).join('\n')}`,
    ),
    'yaml/too-deep',
  ),
  hostile('lists in a file that is nothing else', `${'['.repeat(66)}${HERE}${fill('[')}`, 'yaml/too-deep'),
];

const amounts: HostileInput[] = [
  hostile('a file over the cap', `${acmeWith('')}# ${'x'.repeat(MAX_FILE_BYTES)}\n`, 'yaml/too-large', '', {
    at: [1, 1],
  }),
  hostile('a file far over the cap', `# ${'x'.repeat(1_000_000)}\n`, 'yaml/too-large', '', { at: [1, 1] }),
  hostile(
    'too many entries of a list',
    acmeWith(`  config: {a: [${'1,'.repeat(20_000)}]}`),
    'yaml/too-complex',
    '',
    { at: [9, 7_972] },
  ),
  hostile(
    'too many keys',
    acmeWith(`  config:\n${Array.from({ length: 9_000 }, (_, i) => `    key-${i}: ${i}`).join('\n')}`),
    'yaml/too-complex',
    '',
    { at: [1_502, 14] },
  ),
  hostile('a bomb of comments', `${acmeWith('')}${fill('#\n')}`, 'yaml/too-complex', '', { at: [5_982, 1] }),
  hostile('a bomb of empty lines', `${acmeWith('')}${fill('\n')}`, 'yaml/too-complex', '', {
    at: [11_954, 1],
  }),
  hostile('a bomb of colons', `${acmeWith('')}${fill(': ')}`, 'yaml/too-deep', '', { at: [10, 132] }),
  hostile('a bomb of question marks', `${acmeWith('')}${HERE}${fill('? ')}`, 'yaml/explicit-key'),
  hostile('a bomb of documents', `${acmeWith('')}${fill('---\n')}`, 'yaml/too-complex', '', {
    at: [5_982, 1],
  }),
  hostile('a bomb of directives', `${HERE}${fill('%A\n')}`, 'yaml/directive'),
  hostile('a bomb of tags', acmeWith(`  config: {a: ${HERE}${fill('!a ')}}`), 'yaml/tag'),
  hostile('a bomb of commas', acmeWith(`  config: {a: [${fill(',')}]}`), 'yaml/too-complex', '', {
    at: [9, 11_950],
  }),
  hostile('a bomb of quotes', acmeWith(`  config: {a: ${fill('"" ')}}`), 'yaml/too-complex', '', {
    at: [9, 17_918],
  }),
  hostile(
    'a duplicate among thousands of keys',
    acmeWith(
      `  config:\n${Array.from({ length: 1_200 }, (_, i) => `    k${i}: ${i}\n`).join('')}    ${HERE}k7: 7`,
    ),
    'yaml/duplicate-key',
  ),
  hostile(
    'one word as long as the file, where a name belongs',
    acmeWith(`  subdomain: ${HERE}${fill('a')}`),
    'schema/max-length',
    '/spec/subdomain',
  ),
  hostile(
    'one number as long as the file',
    acmeWith(`  config: {n: ${HERE}${fill('9')}}`),
    'yaml/unsafe-number',
  ),
  hostile(
    'one fraction as long as the file, where a number belongs',
    runtimeWith(`    resources: {cpus: ${HERE}${fill('9')}.5}`),
    'yaml/unsafe-number',
  ),
  hostile(
    'thousands of unknown fields',
    acmeWith(`  ${HERE}f0: 1\n${Array.from({ length: 1_400 }, (_, i) => `  g${i}: ${i}`).join('\n')}`),
    'schema/unknown-field',
    '/spec/f0',
  ),
  hostile(
    'thousands of variables that are no texts',
    runtimeWith(
      `    env:\n      A: ${HERE}1\n${Array.from({ length: 1_400 }, (_, i) => `      A${i}: ${i}`).join('\n')}`,
    ),
    'schema/type',
    '/spec/runtime/env/A',
  ),
  hostile(
    'thousands of secrets, and the last one twice',
    runtimeWith(`    secrets: ${HERE}[${Array.from({ length: 1_500 }, (_, i) => `S${i}`).join(', ')}, S1]`),
    'schema/max-items',
    '/spec/runtime/secrets',
  ),
  hostile(
    'hundreds of shared prompts, each twice',
    acmeWith(
      `  library: {prompts: ${HERE}[${Array.from({ length: 250 }, (_, i) => `p${i}, p${i}`).join(', ')}]}`,
    ),
    'schema/unique-items',
    '/spec/library/prompts',
  ),
];

/** Names that differ in their last letters only: the nearest one to a mistyped name is found by looking at all of them. */
const alike = (first: string, count: number, length = 58) =>
  Array.from({ length: count }, (_, i) => first.padEnd(length, 'X') + String(i).padStart(4, '0'));

const sealed = JSON.stringify('-----BEGIN AGE ENCRYPTED FILE-----');

const comparisons: HostileInput[] = [
  hostile(
    'thousands of secrets that are no texts',
    runtimeWith(`    secrets: ${HERE}[${'1,'.repeat(3_500)}]`),
    'schema/max-items',
    '/spec/runtime/secrets',
  ),
  hostile(
    'thousands of secrets of one unknown form',
    runtimeWith(`    secrets: ${HERE}[${'{a: 1},'.repeat(1_100)}]`),
    'schema/max-items',
    '/spec/runtime/secrets',
  ),
  hostile(
    'hundreds of secrets that are nearly among thousands',
    runtimeWith(`    secrets: [${HERE}${alike('A', 200, 36).join(', ')}]`),
    'policy/missing-secret',
    '/spec/runtime/secrets/0',
    {
      more: {
        'tenants/acme/secrets.yaml': document(
          'Secrets',
          'acme',
          `  values:\n${alike('B', 1_600, 36)
            .map((name) => `    ${name}: ${sealed}\n`)
            .join('')}`,
        ),
      },
    },
  ),
  hostile(
    'hundreds of shared prompts that there are not',
    acmeWith(
      `  library: {prompts: [${HERE}${alike('a', 500)
        .map((name) => name.toLowerCase())
        .join(', ')}]}`,
    ),
    'policy/unknown-name',
    '/spec/library/prompts/0',
  ),
  hostile(
    'hundreds of sites that all claim the same domains',
    site('s1', `${HERE}d0.example.com`),
    'policy/taken',
    '/spec/domains/0',
    {
      path: 'tenants/acme/sites/s1.yaml',
      more: Object.fromEntries(
        [0, ...Array.from({ length: 200 }, (_, i) => i + 2)].map((i) => [
          `tenants/acme/sites/s${i}.yaml`,
          site(`s${i}`, 'd0.example.com'),
        ]),
      ),
    },
  ),
];

function site(name: string, first: string): string {
  const domains = Array.from({ length: 99 }, (_, i) => `d${i + 1}.example.com`);
  return document(
    'Site',
    name,
    `  domains: [${[first, ...domains].join(', ')}]\n  target: {tenant: {name: acme, port: 80}}\n`,
  );
}

/** Small files that ask for much work, and large ones. */
export const cost: readonly HostileInput[] = [...bombs, ...nesting, ...amounts, ...comparisons];
