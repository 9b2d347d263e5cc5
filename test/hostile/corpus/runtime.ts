import { acmeWith, HERE, type HostileInput, hostile, runtimeWith } from '../entry.ts';

const mounts: HostileInput[] = [
  ...[
    '/',
    '/proc',
    '/proc/sys',
    '/sys/fs/cgroup',
    '/dev',
    '/dev/shm',
    '/run/secrets',
    '/var/run/secrets/x',
    '/etc/tenantry',
    '/etc/tenantry/prompts',
    '..',
    '/../etc',
    '/data/../proc',
    '/data/..',
    '/./proc',
    '//proc',
    '/proc/',
    '/data/',
    'data',
    '',
    '/da ta',
    '/data:ro',
    '/data,readonly',
    '/data\\n/x',
    '/d\\u0430ta',
    'C:\\\\data',
    '$HOME',
    '~/x',
    `/${'x'.repeat(300)}`,
  ].flatMap((path) => [
    hostile(
      `a volume at "${path.slice(0, 40)}"`,
      runtimeWith(`    volumes: [{name: data, mountPath: ${HERE}"${path}"}]`),
      path.length > 255 ? 'schema/max-length' : 'schema/pattern',
      '/spec/runtime/volumes/0/mountPath',
    ),
    hostile(
      `a tmpfs at "${path.slice(0, 40)}"`,
      runtimeWith(`    tmpfs: [{path: ${HERE}"${path}"}]`),
      path.length > 255 ? 'schema/max-length' : 'schema/pattern',
      '/spec/runtime/tmpfs/0/path',
    ),
  ]),
  hostile(
    'a volume that is a bind in the short form',
    runtimeWith(`    volumes: [${HERE}"/var/run/docker.sock:/var/run/docker.sock"]`),
    'schema/type',
    '/spec/runtime/volumes/0',
  ),
  hostile(
    'a volume with the driver of a bind',
    runtimeWith(
      `    volumes: [{name: data, mountPath: /data, ${HERE}driver_opts: {type: none, o: bind, device: /}}]`,
    ),
    'schema/unknown-field',
    '/spec/runtime/volumes/0/driver_opts',
  ),
  hostile(
    'a volume with options of a mount',
    runtimeWith(
      `    volumes: [{name: data, mountPath: /data, ${HERE}VolumeOptions: {DriverConfig: {Name: local, Options: {type: none, o: bind, device: /}}}}]`,
    ),
    'schema/unknown-field',
    '/spec/runtime/volumes/0/VolumeOptions',
  ),
  hostile(
    "another tenant's volume by its name in Docker",
    runtimeWith(`    volumes: [{name: ${HERE}tenant_globex_state, mountPath: /data}]`),
    'schema/pattern',
    '/spec/runtime/volumes/0/name',
  ),
  hostile(
    'two volumes of one name',
    runtimeWith(`    volumes: [{name: data, mountPath: /a}, {name: ${HERE}data, mountPath: /b}]`),
    'policy/duplicate',
    '/spec/runtime/volumes/1/name',
  ),
  hostile(
    'two volumes at one place',
    runtimeWith(`    volumes: [{name: a, mountPath: /data}, {name: b, mountPath: ${HERE}/data}]`),
    'policy/duplicate',
    '/spec/runtime/volumes/1/mountPath',
  ),
  hostile(
    'a tmpfs over a volume',
    runtimeWith(`    volumes: [{name: a, mountPath: /data}]\n    tmpfs: [{path: ${HERE}/data}]`),
    'policy/duplicate',
    '/spec/runtime/tmpfs/0/path',
  ),
  hostile(
    'more volumes than the plan allows',
    acmeWith(
      `  plan: pro\n  runtime:\n    volumes: ${HERE}[${Array.from({ length: 5 }, (_, i) => `{name: v${i}, mountPath: /v${i}}`).join(', ')}]`,
    ),
    'policy/quota',
    '/spec/runtime/volumes',
  ),
];

const processes: HostileInput[] = [
  hostile(
    'a command that is a shell line',
    runtimeWith(`    command: ${HERE}sh -c id`),
    'schema/type',
    '/spec/runtime/command',
  ),
  hostile(
    'a command of nothing',
    runtimeWith(`    command: ${HERE}[]`),
    'schema/min-items',
    '/spec/runtime/command',
  ),
  hostile(
    'a command with a number in it',
    runtimeWith(`    command: [id, ${HERE}0]`),
    'schema/type',
    '/spec/runtime/command/1',
  ),
  hostile('a command with a NUL', runtimeWith(`    command: [id, ${HERE}"a\\0b"]`), 'yaml/unusable-text'),
  hostile(
    'a health check that is a shell line',
    runtimeWith(`    health: {exec: {command: ${HERE}curl localhost}}`),
    'schema/type',
    '/spec/runtime/health/exec/command',
  ),
  hostile(
    'a health check of both kinds',
    runtimeWith(`    health: ${HERE}{exec: {command: ["true"]}, http: {path: /, port: 80}}`),
    'schema/one-of',
    '/spec/runtime/health',
  ),
  ...['http://169.254.169.254/', 'relative', '/a b', '/a\\r\\nHost: evil', '/\\u0430', ''].map((path) =>
    hostile(
      `a health check of "${path}"`,
      runtimeWith(`    health: {http: {path: ${HERE}"${path}", port: 80}}`),
      'schema/pattern',
      '/spec/runtime/health/http/path',
    ),
  ),
  ...['0', '65536', '-1'].map((port) =>
    hostile(
      `a health check at port ${port}`,
      runtimeWith(`    health: {http: {path: /, port: ${HERE}${port}}}`),
      port === '65536' ? 'schema/maximum' : 'schema/minimum',
      '/spec/runtime/health/http/port',
    ),
  ),
  ...['root:root:root', '0:0; id', 'a b', '-1', '', '$(id)', 'r\\u043eot', 'x'.repeat(40)].map((user) =>
    hostile(
      `the user "${user}"`,
      runtimeWith(`    user: ${HERE}"${user}"`),
      'schema/pattern',
      '/spec/runtime/user',
    ),
  ),
  ...['SIGKILL', 'SIGSTOP', '9', 'HUP', 'SIGHUP; id'].map((signal) =>
    hostile(
      `the signal ${signal}`,
      runtimeWith(`    reloadSignal: ${HERE}"${signal}"`),
      'schema/enum',
      '/spec/runtime/reloadSignal',
    ),
  ),
];

/** Volumes, mounts, commands, health checks, users and signals. */
export const runtime: readonly HostileInput[] = [...mounts, ...processes];
