import { foreignValues, operatorFields } from '../../support/host-config.ts';
import { acmeWith, HERE, type HostileInput, hostile, runtimeWith } from '../entry.ts';
import { document, tenant } from '../fleet.ts';

/** Fields of the Engine API beside HostConfig that a container could be given. */
const configFields: Readonly<Record<string, unknown>> = {
  HostConfig: { Privileged: true },
  NetworkingConfig: { EndpointsConfig: { host: {} } },
  Entrypoint: ['/bin/sh', '-c', 'id'],
  Hostname: 'globex',
  Domainname: 'example.com',
  MacAddress: '02:42:ac:11:00:02',
  WorkingDir: '/',
  Shell: ['/bin/sh', '-c'],
  OnBuild: ['RUN id'],
  StopSignal: 'SIGSTOP',
  Volumes: { '/host': {} },
  ExposedPorts: { '22/tcp': {} },
  AttachStdin: true,
  OpenStdin: true,
  Tty: true,
};

/** The same wishes as people write them for other tools. */
const wishes: Readonly<Record<string, unknown>> = {
  privileged: true,
  cap_add: ['SYS_ADMIN'],
  capAdd: ['ALL'],
  capabilities: { add: ['NET_ADMIN'] },
  devices: ['/dev/mem:/dev/mem'],
  security_opt: ['seccomp=unconfined'],
  securityContext: { privileged: true },
  network_mode: 'host',
  hostNetwork: true,
  hostPID: true,
  hostIPC: true,
  pid: 'host',
  ipc: 'host',
  uts: 'host',
  userns_mode: 'host',
  cgroup_parent: '/',
  binds: ['/:/host'],
  hostPath: '/',
  volumes_from: ['tenant_globex_runtime'],
  links: ['tenant_globex_runtime:globex'],
  extra_hosts: ['metadata:169.254.169.254'],
  dns: ['192.0.2.1'],
  sysctls: { 'net.ipv4.ip_forward': '1' },
  ulimits: { nofile: 1_000_000 },
  group_add: ['docker'],
  entrypoint: ['sh', '-c', 'id'],
  labels: { 'dev.tenantry.tenant': 'globex' },
  container_name: 'tenant_globex_runtime',
  networks: ['host'],
  ports: ['0.0.0.0:22:22'],
  logging: { driver: 'syslog' },
  runtime: 'runsc',
  init: true,
  restartPolicy: 'always',
  env_file: '/etc/shadow',
  postStart: ['id'],
};

const engineFields: readonly (readonly [string, unknown])[] = [
  ...Object.entries(foreignValues).map(([name, values]) => [name, values[0]] as const),
  ...operatorFields.map((name) => [name, 'x'] as const),
  ...Object.entries(configFields),
  ...Object.entries(wishes),
];

/** Every place of a tenant where fields are written, with the text around one more field. */
const places: readonly {
  readonly what: string;
  readonly write: (field: string) => string;
  readonly pointer: string;
  readonly path?: string;
}[] = [
  { what: 'the document', write: (field) => `${tenant('acme')}${field}\n`, pointer: '' },
  {
    what: 'metadata',
    write: (field) => tenant('acme').replace('name: acme', `name: acme\n  ${field}`),
    pointer: '/metadata',
  },
  { what: 'spec', write: (field) => acmeWith(`  ${field}`), pointer: '/spec' },
  { what: 'spec.runtime', write: (field) => runtimeWith(`    ${field}`), pointer: '/spec/runtime' },
  {
    what: 'the resources',
    write: (field) => runtimeWith(`    resources: {memory: 64Mi, ${field}}`),
    pointer: '/spec/runtime/resources',
  },
  {
    what: 'the health check',
    write: (field) => runtimeWith(`    health: {exec: {command: ["true"]}, ${field}}`),
    pointer: '/spec/runtime/health',
  },
  {
    what: 'the update',
    write: (field) => runtimeWith(`    update: {drain: 1s, ${field}}`),
    pointer: '/spec/runtime/update',
  },
  {
    what: 'a volume',
    write: (field) => runtimeWith(`    volumes: [{name: data, mountPath: /data, ${field}}]`),
    pointer: '/spec/runtime/volumes/0',
  },
  {
    what: 'a tmpfs',
    write: (field) => runtimeWith(`    tmpfs: [{path: /scratch, ${field}}]`),
    pointer: '/spec/runtime/tmpfs/0',
  },
  {
    what: 'a job',
    write: (field) => document('Job', 'nightly', `  schedule: "@daily"\n  command: [id]\n  ${field}\n`),
    pointer: '/spec',
    path: 'tenants/acme/jobs/nightly.yaml',
  },
];

const fields = places.flatMap(({ what, write, pointer, path }) =>
  engineFields.map(([name, value]) =>
    hostile(
      `${name} in ${what}`,
      write(`${HERE}${name}: ${JSON.stringify(value)}`),
      'schema/unknown-field',
      `${pointer}/${name}`,
      path === undefined ? {} : { path },
    ),
  ),
);

/** `labels` is a field of metadata; `runtime` one of spec; `Labels` of Docker is none. */
const known = new Set(['labels in metadata', 'runtime in spec']);

/** Wishes for rights of the host and for what belongs to others, in every place of a tenant. */
export const rights: readonly HostileInput[] = fields.filter(({ name }) => !known.has(name));
