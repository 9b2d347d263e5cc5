import { acmeWith, HERE, type HostileInput, hostile, runtimeWith } from '../entry.ts';
import { tenant } from '../fleet.ts';

const head = tenant('acme');
const encoder = new TextEncoder();

/** The healthy tenant.yaml, and bytes after it. */
function acmeBytes(...bytes: number[]): Uint8Array {
  return Uint8Array.from([...encoder.encode(`${head}  config: {x: "`), ...bytes, ...encoder.encode('"}\n')]);
}

/** Where these bytes begin. */
const inConfig = { at: [9, 16] } as const;

function utf16(text: string, bigEndian: boolean): Uint8Array {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

const encodings: HostileInput[] = [
  ['a lone continuation byte', 0x80],
  ['an overlong slash', 0xc0, 0xaf],
  ['an overlong NUL', 0xc0, 0x80],
  ['an overlong dot of three bytes', 0xe0, 0x80, 0xae],
  ['half a surrogate pair in UTF-8', 0xed, 0xa0, 0x80],
  ['a code point past the last', 0xf4, 0x90, 0x80, 0x80],
  ['a sequence that ends too early', 0xe2, 0x82],
  ['a byte that UTF-8 never has', 0xff],
].map(([name, ...bytes]) =>
  hostile(`${name}`, acmeBytes(...bytes.map(Number)), 'yaml/not-utf8', '', inConfig),
);

const controls: HostileInput[] = [
  ['a NUL', '\0'],
  ['an escape sequence of a terminal', '\u001B[2J'],
  ['a backspace', '\b'],
  ['a form feed', '\f'],
  ['a delete character', '\u007F'],
  ['a C1 control character', '\u009B'],
  ['a lone carriage return', '\r'],
  ['a code point that is no character', '\uFFFE'],
].map(([name = '', character = '']) =>
  hostile(name, acmeWith(`  config: {x: "${HERE}${character}"}`), 'yaml/control-character'),
);

const tags: HostileInput[] = [
  ['!!js/function', '"function () { process.exit() }"'],
  ['!!js/undefined', '""'],
  ['!!js/regexp', '/(a+)+$/'],
  ['!!python/object/apply:os.system', '["id"]'],
  ['!!python/name:os.system', '""'],
  ['!ruby/object:Gem::Installer', '{}'],
  ['!!binary', 'aGVsbG8='],
  ['!!timestamp', '2026-12-01'],
  ['!!set', '{a, b}'],
  ['!!omap', '[a: 1]'],
  ['!!merge', '<<'],
  ['!!float', '"1"'],
  ['!!str', '1'],
  ['!', 'local'],
  ['!include', '/etc/shadow'],
  ['!env', 'HOME'],
  ['!<tag:example.com,2026:x>', 'y'],
].map(([tag, value]) =>
  hostile(`the tag ${tag}`, acmeWith(`  config: {x: ${HERE}${tag} ${value}}`), 'yaml/tag'),
);

const references: HostileInput[] = [
  hostile('an anchor that nothing names', acmeWith(`  config: {x: ${HERE}&x 1}`), 'yaml/anchor'),
  hostile('an alias of nothing', acmeWith(`  config: {x: ${HERE}*x }`), 'yaml/alias'),
  hostile('an anchor that holds itself', acmeWith(`  config: ${HERE}&x {x: *x}`), 'yaml/anchor'),
  hostile('a list that holds itself', acmeWith(`  config: {x: ${HERE}&x [*x, *x]}`), 'yaml/anchor'),
  hostile('an anchor as a key', acmeWith(`  config: {${HERE}&k key: 1}`), 'yaml/anchor'),
  hostile('an alias as a key', acmeWith(`  config: {a: ${HERE}&a k, *a : 1}`), 'yaml/anchor'),
  hostile('a merge key', acmeWith(`  config: {${HERE}<<: {privileged: true}}`), 'yaml/merge'),
  hostile('a quoted merge key', acmeWith(`  config: {${HERE}"<<": {a: 1}}`), 'yaml/merge'),
  hostile(
    'a chain of merges',
    acmeWith(`  config:\n    a: ${HERE}&a {x: 1}\n    b: &b {<<: *a}\n    c: {<<: [*a, *b]}`),
    'yaml/anchor',
  ),
];

const keys: HostileInput[] = [
  hostile('a field given twice', acmeWith(`  ${HERE}node: worker-2`), 'yaml/duplicate-key'),
  hostile('a field given twice, once in quotes', acmeWith(`  ${HERE}"node": worker-2`), 'yaml/duplicate-key'),
  hostile(
    'a field given twice, once by unicode escapes',
    acmeWith(`  ${HERE}"n\\u006fde": worker-2`),
    'yaml/duplicate-key',
  ),
  hostile(
    'a field given twice, once by byte escapes',
    acmeWith(`  ${HERE}"\\x6eode": worker-2`),
    'yaml/duplicate-key',
  ),
  hostile(
    'spec given twice',
    `${head}${HERE}spec: {owner: a@example.com, node: worker-2, channel: production}\n`,
    'yaml/duplicate-key',
  ),
  hostile(
    'metadata given twice in flow style',
    `{"apiVersion": "tenantry.dev/v1", "kind": "Tenant", "metadata": {"name": "acme"}, ${HERE}"metadata": {"name": "globex"}, "spec": {}}`,
    'yaml/duplicate-key',
  ),
  hostile('a variable given twice', runtimeWith(`    env: {A: "1", ${HERE}A: "2"}`), 'yaml/duplicate-key'),
  hostile(
    'a key of the free-form part given twice',
    acmeWith(`  config: {a: {b: 1, ${HERE}b: 2}}`),
    'yaml/duplicate-key',
  ),
  hostile('a key that is a list', acmeWith(`  config: {${HERE}[a, b]: 1}`), 'yaml/key-not-text'),
  hostile('a key that is a map', acmeWith(`  config: {${HERE}{a: b}: 1}`), 'yaml/key-not-text'),
  hostile('a key that is a number', acmeWith(`  config: {${HERE}1: x}`), 'yaml/key-not-text'),
  hostile('a key that is a boolean', acmeWith(`  config: {${HERE}true: x}`), 'yaml/key-not-text'),
  hostile('a key that is null', acmeWith(`  config: {${HERE}~: x}`), 'yaml/key-not-text'),
  hostile('a key that is missing', acmeWith(`  config: {${HERE}: x}`), 'yaml/key-not-text'),
  hostile('a key that is marked as one', acmeWith(`  config:\n    ${HERE}? a\n    : b`), 'yaml/explicit-key'),
  hostile('a key with an escaped NUL', acmeWith(`  config: {${HERE}"a\\0": b}`), 'yaml/unusable-text'),
  hostile(
    'a key of 1,100 characters',
    acmeWith(`  config:\n    ${HERE}${'k'.repeat(1_100)}: 1`),
    'yaml/key-over-1024-chars',
  ),
];

/** A key that reaches the prototype of an object, everywhere that keys of one's own may stand. */
const prototypes: HostileInput[] = [
  hostile(
    '__proto__ in the free-form part',
    acmeWith(`  config: {${HERE}__proto__: {polluted: true}}`),
    'yaml/reserved-key',
  ),
  hostile(
    '__proto__ deep in the free-form part',
    acmeWith(`  config: {a: [{b: {${HERE}"__proto__": {polluted: true}}}]}`),
    'yaml/reserved-key',
  ),
  hostile(
    '__proto__ by an escape',
    acmeWith(`  config: {${HERE}"__pr\\u006fto__": {polluted: true}}`),
    'yaml/reserved-key',
  ),
  hostile('__proto__ as a variable', runtimeWith(`    env: {${HERE}__proto__: "x"}`), 'yaml/reserved-key'),
  hostile(
    '__proto__ as a label',
    head.replace('name: acme', `name: acme\n  labels: {${HERE}__proto__: x}`),
    'yaml/reserved-key',
  ),
  hostile(
    '__proto__ as an annotation',
    head.replace('name: acme', `name: acme\n  annotations: {${HERE}__proto__: x}`),
    'yaml/reserved-key',
  ),
  hostile(
    '__proto__ as a field of the document',
    `${head}${HERE}__proto__: {kind: Tenant}\n`,
    'yaml/reserved-key',
  ),
  hostile(
    'constructor as a field',
    acmeWith(`  ${HERE}constructor: {prototype: {polluted: true}}`),
    'schema/unknown-field',
    '/spec/constructor',
  ),
  hostile(
    'prototype as a field',
    acmeWith(`  ${HERE}prototype: {polluted: true}`),
    'schema/unknown-field',
    '/spec/prototype',
  ),
  hostile(
    'toString as a field of the runtime',
    runtimeWith(`    ${HERE}toString: x`),
    'schema/unknown-field',
    '/spec/runtime/toString',
  ),
  hostile(
    'hasOwnProperty as a field of the document',
    `${head}${HERE}hasOwnProperty: 1\n`,
    'schema/unknown-field',
    '/hasOwnProperty',
  ),
];

const documents: HostileInput[] = [
  hostile('a second document', `${head}${HERE}---\nkind: Tenant\n`, 'yaml/several-documents'),
  hostile('an empty second document', `${head}${HERE}---\n`, 'yaml/several-documents'),
  hostile('a second document after an end mark', `${head}...\n${HERE}---\na: 1\n`, 'yaml/several-documents'),
  hostile('a directive of another version', `${HERE}%YAML 9.9\n---\n${head}`, 'yaml/directive'),
  hostile('the directive of YAML 1.1', `${HERE}%YAML 1.1\n---\n${head}`, 'yaml/directive'),
  hostile(
    'a directive that names a tag',
    `${HERE}%TAG ! tag:example.com,2026:\n---\n${head}`,
    'yaml/directive',
  ),
  hostile('a directive that nobody knows', `${HERE}%EVAL id\n---\n${head}`, 'yaml/directive'),
  hostile('an empty file', HERE, 'yaml/empty'),
  hostile('a file of blanks and line ends', `${HERE}  \n\n  \n`, 'yaml/empty'),
  hostile('a file of one comment', `${HERE}# nothing\n`, 'yaml/empty'),
  hostile('a document that is null', `${HERE}~\n`, 'yaml/empty'),
  hostile('a document that is a text', `${HERE}hello\n`, 'schema/type'),
  hostile('a document that is a list', `${HERE}- 1\n- 2\n`, 'schema/type'),
  hostile('a document that is a number', `${HERE}42\n`, 'schema/type'),
  hostile('UTF-16, little endian', utf16(head, false), 'yaml/not-utf8', '', { at: [1, 1] }),
  hostile('UTF-16, big endian', utf16(head, true), 'yaml/not-utf8', '', { at: [1, 1] }),
];

const layout: HostileInput[] = [
  hostile('a tab as indentation', `${head}${HERE}\tsubdomain: acme\n`, 'yaml/tab-as-indent'),
  hostile(
    'a line that is not indented',
    `${head}  runtime:\n    env: {A: "1"}\n${HERE}   state: running\n`,
    'yaml/bad-indent',
  ),
  hostile('an unclosed quote', `${acmeWith('  config: {x: "never')}${HERE}`, 'yaml/missing-char'),
  hostile('an unclosed list', `${acmeWith('  config: {x: [1, 2')}${HERE}`, 'yaml/bad-indent'),
  hostile('a stray bracket', acmeWith(`  config: {x: 1}${HERE}}`), 'yaml/unexpected-token'),
  hostile('an escape that YAML does not know', acmeWith(`  config: {x: "${HERE}\\q"}`), 'yaml/bad-dq-escape'),
  hostile(
    'a text that begins with a reserved character',
    acmeWith(`  config: {x: ${HERE}@home}`),
    'yaml/bad-scalar-start',
  ),
  hostile(
    'a text that begins with a back quote',
    acmeWith(`  config: {x: ${HERE}\`id\`}`),
    'yaml/bad-scalar-start',
  ),
  hostile(
    'a next line character as a line end',
    head.replace('\n  owner: ', `\u0085  owner: ${HERE}`),
    'yaml/block-as-implicit-key',
  ),
  hostile(
    'a line separator as a line end',
    head.replace('\n  owner: ', `\u2028  owner: ${HERE}`),
    'yaml/block-as-implicit-key',
  ),
  hostile('an escaped NUL', acmeWith(`  config: {x: ${HERE}"a\\0b"}`), 'yaml/unusable-text'),
  hostile(
    'half a surrogate pair by an escape',
    acmeWith(`  config: {x: ${HERE}"\\ud800"}`),
    'yaml/unusable-text',
  ),
];

/** What is wrong as YAML, before anything is known of the language. */
export const syntax: readonly HostileInput[] = [
  ...encodings,
  ...controls,
  ...tags,
  ...references,
  ...keys,
  ...prototypes,
  ...documents,
  ...layout,
];
