import { acmeWith, HERE, type HostileInput, hostile, runtimeWith } from '../entry.ts';

/** Plain words of YAML that are read as something else than the text that was meant. */
const notTexts = ['1e3', '0x10', '0o17', '12', '1.10', '-0', '+1', '.5', 'true', 'False', '~', 'null'];
/** Read as numbers, and read as other numbers elsewhere. */
const ambiguous = ['007', '0123', '-01', '00'];
const unsafe = [
  '.inf',
  '-.INF',
  '.nan',
  '9007199254740993',
  '1e400',
  '-9223372036854775808',
  '0xffffffffffffffff',
];

/** Words that YAML or the language reads as something else than the text, number or time that was meant. */
export const values: readonly HostileInput[] = [
  ...notTexts.map((word) =>
    hostile(
      `${word} as the value of a variable`,
      runtimeWith(`    env: {A: ${HERE}${word}}`),
      'schema/type',
      '/spec/runtime/env/A',
    ),
  ),
  ...['1e3', '0x10', '12', 'true', '~'].map((word) =>
    hostile(
      `${word} as a restart token`,
      runtimeWith(`    restart: ${HERE}${word}`),
      'schema/type',
      '/spec/runtime/restart',
    ),
  ),
  ...ambiguous.map((word) =>
    hostile(
      `${word} in the free-form part`,
      acmeWith(`  config: {zip: ${HERE}${word}}`),
      'yaml/ambiguous-number',
    ),
  ),
  ...unsafe.map((word) =>
    hostile(`${word} in the free-form part`, acmeWith(`  config: {n: ${HERE}${word}}`), 'yaml/unsafe-number'),
  ),
  ...unsafe.map((word) =>
    hostile(
      `${word} as a number of processors`,
      runtimeWith(`    resources: {cpus: ${HERE}${word}}`),
      'yaml/unsafe-number',
    ),
  ),
  ...['0', '-1', '-0', '0.001', '1e9', '513'].map((word) =>
    hostile(
      `${word} processors`,
      runtimeWith(`    resources: {cpus: ${HERE}${word}}`),
      Number(word) > 1 ? 'schema/maximum' : 'schema/minimum',
      '/spec/runtime/resources/cpus',
    ),
  ),
  ...['NO', 'no', 'off', 'YES', '1_000', '2026-12-01', '12:30:45'].map((word) =>
    hostile(
      `${word} where true or false belongs`,
      runtimeWith(`    readOnlyRoot: ${HERE}${word}`),
      'schema/type',
      '/spec/runtime/readOnlyRoot',
    ),
  ),
  ...['1_000', '0b11', '12:30:45'].map((word) =>
    hostile(
      `${word} where a number belongs`,
      runtimeWith(`    resources: {pids: ${HERE}${word}}`),
      'schema/type',
      '/spec/runtime/resources/pids',
    ),
  ),
  ...['1.5Gi', '512mb', '0Mi', '-1Mi', '99999999999Gi', '1Ti', '512Mi ', '５12Mi', '1e3Mi'].map((word) =>
    hostile(
      `"${word}" of memory`,
      runtimeWith(`    resources: {memory: ${HERE}"${word}"}`),
      'schema/pattern',
      '/spec/runtime/resources/memory',
    ),
  ),
  hostile(
    'less memory than Docker takes',
    runtimeWith(`    resources: {memory: ${HERE}1Ki}`),
    'policy/too-little-memory',
    '/spec/runtime/resources/memory',
  ),
  ...['5', '5 s', '1.5s', '-5s', '5S', '1h30m', '999999999999h', 'PT5S', '5s\\n'].map((word) =>
    hostile(
      `a drain time of "${word}"`,
      runtimeWith(`    update: {drain: ${HERE}"${word}"}`),
      'schema/pattern',
      '/spec/runtime/update/drain',
    ),
  ),
  ...[
    '2026-12-01',
    '2026-12-01 00:00Z',
    '2026-13-01T00:00Z',
    '2026-12-01T25:00Z',
    '2026-12-01T00:00',
    'tomorrow',
  ].map((word) =>
    hostile(
      `a suspension until "${word}"`,
      acmeWith(`  suspend: {until: ${HERE}"${word}", reason: x, owner: a@example.com}`),
      'schema/pattern',
      '/spec/suspend/until',
    ),
  ),
  hostile(
    'a suspension until 30 February',
    acmeWith(`  suspend: {until: ${HERE}2026-02-30T00:00Z, reason: x, owner: a@example.com}`),
    'policy/instant',
    '/spec/suspend/until',
  ),
];
