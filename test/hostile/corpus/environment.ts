import { HERE, type HostileInput, hostile, runtimeWith } from '../entry.ts';
import { document, tenant } from '../fleet.ts';

const variableNames = [
  'a=b',
  'A=',
  '=',
  '1A',
  'A-B',
  'A B',
  ' A',
  'A.B',
  'A\\nB',
  '../A',
  'A$(id)',
  '\\u0410',
  'A\\u200b',
  '',
  'TENANTRY_TENANT',
  'TENANTRY_',
  'BASH_FUNC_x%%',
  'x'.repeat(300),
];
const labelNames = [
  'dev.tenantry.tenant',
  'dev.tenantry',
  'dev.tenantryfake',
  '-a',
  'a-',
  'a b',
  'a=b',
  '',
  'a\\nb',
  '\\u0430',
  'x'.repeat(300),
];

const codeOf = (name: string) => (name.length > 63 ? 'schema/max-length' : 'schema/pattern');
const shown = (name: string) => `"${name.slice(0, 40)}"`;

function inPlatform(env: string): string {
  return document('Platform', 'test', `  defaults: {runtime: {env: {${env}}}}\n`);
}

const reserved: HostileInput[] = [
  ...variableNames.flatMap((name) => [
    hostile(
      `the variable ${shown(name)}`,
      runtimeWith(`    env: {${HERE}"${name}": "x"}`),
      codeOf(name),
      `/spec/runtime/env/${pointerOf(name)}`,
    ),
    hostile(
      `the variable ${shown(name)} of a node`,
      document('Node', 'worker-1', `  environment: {${HERE}"${name}": "x"}\n`),
      codeOf(name),
      `/spec/environment/${pointerOf(name)}`,
      { path: 'nodes/worker-1.yaml', held: 'everybody' },
    ),
    hostile(
      `the variable ${shown(name)} of the platform`,
      inPlatform(`${HERE}"${name}": "x"`),
      codeOf(name),
      `/spec/defaults/runtime/env/${pointerOf(name)}`,
      { path: 'tenantry.yaml', held: 'everybody' },
    ),
  ]),
  ...labelNames.map((name) =>
    hostile(
      `the label ${shown(name)}`,
      tenant('acme').replace('name: acme', `name: acme\n  labels: {${HERE}"${name}": x}`),
      codeOf(name),
      `/metadata/labels/${pointerOf(name)}`,
    ),
  ),
  hostile('a variable with a NUL', runtimeWith(`    env: {A: ${HERE}"a\\0b"}`), 'yaml/unusable-text'),
  hostile(
    'a variable that is a list',
    runtimeWith(`    env: {A: ${HERE}[a]}`),
    'schema/type',
    '/spec/runtime/env/A',
  ),
  hostile(
    'variables as a list of lines',
    runtimeWith(`    env: ${HERE}["A=b"]`),
    'schema/type',
    '/spec/runtime/env',
  ),
  hostile(
    'a variable of 40,000 characters',
    runtimeWith(`    env: {A: ${HERE}${'x'.repeat(40_000)}}`),
    'schema/max-length',
    '/spec/runtime/env/A',
  ),
  hostile(
    'a secret that is a variable too',
    runtimeWith(`    env: {TOKEN: x}\n    secrets: [${HERE}{name: TOKEN, as: env}]`),
    'policy/duplicate',
    '/spec/runtime/secrets/0',
  ),
];

/** The text of a name in JSON, as the key of a pointer. */
function pointerOf(name: string): string {
  const text: unknown = JSON.parse(`"${name}"`);
  return String(text).replaceAll('~', '~0').replaceAll('/', '~1');
}

const credentials: HostileInput[] = [
  ...[
    'default:pw@10.0.0.2',
    '10.0.0.2:6379',
    'redis://10.0.0.2',
    '10.0.0.2/24',
    '[::1]',
    'fe80::1%eth0',
    'localhost',
    '10.0.0.256',
    '0x7f.1',
    '',
    '10.0.0.2 ',
    '10.0.0.2\\n',
  ].map((value) =>
    hostile(
      `CONTROL_PRIVATE_IP as "${value}"`,
      runtimeWith(`    env: {CONTROL_PRIVATE_IP: ${HERE}"${value}"}`),
      'policy/control-private-ip',
      '/spec/runtime/env/CONTROL_PRIVATE_IP',
    ),
  ),
  ...['default:pw@10.0.0.2', 'http://10.0.0.2', 'redis://10.0.0.2', '10.0.0.2:6379', 'redis://', ''].map(
    (value) =>
      hostile(
        `REDIS_URL as "${value}"`,
        runtimeWith(`    env: {REDIS_URL: ${HERE}"${value}"}`),
        'policy/redis-url',
        '/spec/runtime/env/REDIS_URL',
      ),
  ),
  ...[
    ['a whole REDIS_URL in plain text', 'REDIS_URL', 'redis://default:hunter2@10.0.0.2:6379'],
    ['a URL with its password', 'DATABASE', 'postgres://app:hunter2@10.0.0.2/app'],
    ['an API key', 'KEY', `sk-${'a1b2'.repeat(8)}`],
    ['an AWS key', 'KEY', 'AKIAIOSFODNN7EXAMPLE'],
    ['a private key', 'KEY', '-----BEGIN OPENSSH PRIVATE KEY-----'],
    ['an age identity', 'KEY', 'AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQ'],
  ].map(([what, name, value]) =>
    hostile(
      `${what} in a variable`,
      runtimeWith(`    env: {${name}: ${HERE}"${value}"}`),
      'policy/plain-secret',
      `/spec/runtime/env/${name}`,
    ),
  ),
];

/** Variables and labels. */
export const environment: readonly HostileInput[] = [...reserved, ...credentials];
