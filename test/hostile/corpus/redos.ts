import { acmeWith, HERE, type HostileInput, hostile, runtimeWith } from '../entry.ts';
import { document, tenant } from '../fleet.ts';

/** Long enough that a pattern of quadratic time takes minutes, and one of linear time nothing. */
const LONG = 60_000;

/** For each pattern of the schemas and each check of texts: what makes a careless one try all ways, and then fails it. */
const attacks: readonly (readonly [
  what: string,
  text: string,
  write: (value: string) => string,
  code: string,
  pointer: string,
  path?: string,
])[] = [
  [
    'a name',
    `${'a-'.repeat(LONG / 2)}!`,
    (v) => acmeWith(`  subdomain: ${v}`),
    'schema/max-length',
    '/spec/subdomain',
  ],
  [
    'a name of dashes',
    `a${'-'.repeat(LONG)}`,
    (v) => acmeWith(`  subdomain: ${v}`),
    'schema/max-length',
    '/spec/subdomain',
  ],
  [
    'a token',
    `${'a'.repeat(LONG)}!`,
    (v) => runtimeWith(`    restart: ${v}`),
    'schema/max-length',
    '/spec/runtime/restart',
  ],
  [
    'a duration',
    `${'1'.repeat(LONG)}x`,
    (v) => runtimeWith(`    update: {drain: ${v}}`),
    'schema/pattern',
    '/spec/runtime/update/drain',
  ],
  [
    'a size',
    `${'1'.repeat(LONG)}x`,
    (v) => runtimeWith(`    resources: {memory: ${v}}`),
    'schema/pattern',
    '/spec/runtime/resources/memory',
  ],
  [
    'a user',
    `${'a'.repeat(LONG)}:`,
    (v) => runtimeWith(`    user: ${v}`),
    'schema/pattern',
    '/spec/runtime/user',
  ],
  [
    'a mount path',
    `${'/a'.repeat(LONG / 2)}!`,
    (v) => runtimeWith(`    volumes: [{name: data, mountPath: ${v}}]`),
    'schema/max-length',
    '/spec/runtime/volumes/0/mountPath',
  ],
  [
    'a mount path of dots',
    `${'/..a'.repeat(LONG / 4)}/..`,
    (v) => runtimeWith(`    tmpfs: [{path: ${v}}]`),
    'schema/max-length',
    '/spec/runtime/tmpfs/0/path',
  ],
  [
    'an HTTP path',
    `/${'a'.repeat(LONG)} `,
    (v) => runtimeWith(`    health: {http: {path: ${v}, port: 80}}`),
    'schema/max-length',
    '/spec/runtime/health/http/path',
  ],
  [
    'an e-mail address',
    `${'a.'.repeat(LONG / 2)}@`,
    (v) => tenant('acme').replace('ops@example.com', v),
    'schema/max-length',
    '/spec/owner',
  ],
  [
    'an e-mail address of labels',
    `a@${'a-'.repeat(LONG / 2)}`,
    (v) => tenant('acme').replace('ops@example.com', v),
    'schema/max-length',
    '/spec/owner',
  ],
  [
    'an instant',
    `2026-12-01T00:00:00.${'1'.repeat(LONG)}`,
    (v) => acmeWith(`  suspend: {until: ${v}, reason: x, owner: a@example.com}`),
    'schema/pattern',
    '/spec/suspend/until',
  ],
  [
    'a reference to an image',
    `${'a-'.repeat(LONG / 2)}/`,
    (v) => tenant('acme').replace('channel: production', `image: ${v}`),
    'schema/max-length',
    '/spec/image',
  ],
  [
    'a reference to an image at its longest',
    `${'a-'.repeat(250)}!`,
    (v) => tenant('acme').replace('channel: production', `image: ${v}`),
    'policy/unpinned-image',
    '/spec/image',
  ],
  [
    'a reference to an image of underscores',
    `${'a__'.repeat(160)}:`,
    (v) => tenant('acme').replace('channel: production', `image: ${v}`),
    'policy/unpinned-image',
    '/spec/image',
  ],
  [
    'a schedule',
    `${'*'.repeat(100)} `.repeat(600),
    (v) => document('Job', 'nightly', `  schedule: ${v}\n  command: [id]\n`),
    'schema/max-length',
    '/spec/schedule',
    'tenants/acme/jobs/nightly.yaml',
  ],
  [
    'a schedule of commas',
    `* * * * ${'1,'.repeat(95)}`,
    (v) => document('Job', 'nightly', `  schedule: ${v}\n  command: [id]\n`),
    'policy/schedule',
    '/spec/schedule',
    'tenants/acme/jobs/nightly.yaml',
  ],
  [
    'a time zone',
    `${'a/'.repeat(LONG / 2)}`,
    (v) => document('Job', 'nightly', `  schedule: "@daily"\n  timezone: ${v}\n  command: [id]\n`),
    'schema/max-length',
    '/spec/timezone',
    'tenants/acme/jobs/nightly.yaml',
  ],
  [
    'a domain',
    `${'a.'.repeat(LONG / 2)}`,
    (v) => document('Site', 'shop', `  domains: [${v}]\n  target: {tenant: {name: acme, port: 80}}\n`),
    'schema/max-length',
    '/spec/domains/0',
    'tenants/acme/sites/shop.yaml',
  ],
  [
    'a domain of dashes',
    `${'a-'.repeat(LONG / 2)}.`,
    (v) => document('Site', 'shop', `  domains: [${v}]\n  target: {tenant: {name: acme, port: 80}}\n`),
    'schema/max-length',
    '/spec/domains/0',
    'tenants/acme/sites/shop.yaml',
  ],
  [
    'a redirect',
    `http://${'a.'.repeat(LONG / 2)} `,
    (v) => document('Site', 'shop', `  domains: [x.example.com]\n  target: {redirect: {to: ${v}}}\n`),
    'schema/max-length',
    '/spec/target/redirect/to',
    'tenants/acme/sites/shop.yaml',
  ],
  [
    'a ciphertext',
    `-----BEGIN ${'A'.repeat(LONG)}`,
    (v) => document('Secrets', 'acme', `  values: {TOKEN: ${v}}\n`),
    'schema/pattern',
    '/spec/values/TOKEN',
    'tenants/acme/secrets.yaml',
  ],
];

const patterns = attacks.map(([what, text, write, code, pointer, path]) =>
  hostile(
    `a text that makes the pattern of ${what} work`,
    write(`${HERE}${JSON.stringify(text)}`),
    code,
    pointer,
    path === undefined ? {} : { path },
  ),
);

/** The free-form part is searched for credentials; each text is close to one from every place in it. */
const nearCredentials = [
  ['an API key', 'sk-'],
  ['an API key with letters', 'sk-aaaa'],
  ['a URL', 'a:'],
  ['a URL with a user', 'a://b:'],
  ['a URL with many schemes', 'a+'],
  ['a URL with passwords', 'x://a:b'],
  ['a private key', '-----BEGIN A '],
  ['an AWS key', 'AKIA'],
  ['an age key', 'AGE-SECRET-KEY-'],
  ['a Slack token', 'xoxb-'],
].map(([what = '', unit = '']) => {
  const text = unit.repeat(Math.floor(200_000 / unit.length));
  return hostile(
    `200,000 characters that are nearly ${what}, and then ${what === 'a private key' ? 'one' : 'a private key'}`,
    acmeWith(`  config: {x: ${JSON.stringify(text)}, key: ${HERE}"-----BEGIN PRIVATE KEY-----"}`),
    'policy/plain-secret',
    '/spec/config/key',
  );
});

/** Texts made to keep a regular expression busy. */
export const redos: readonly HostileInput[] = [...patterns, ...nearCredentials];
