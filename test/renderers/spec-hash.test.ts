import fc from 'fast-check';
import { expect, test } from 'vitest';
import { label } from '../../renderers/labels.ts';
import type { ContainerSpec } from '../../renderers/resource.ts';
import { madeFrom, specHash } from '../../renderers/spec-hash.ts';

const spec: ContainerSpec = {
  image: 'registry.example.com/runtime@sha256:0f1e2d3c',
  command: ['serve', '--fast'],
  user: '1000:1000',
  env: { LOG_LEVEL: 'info', API_KEY: { secret: 'API_KEY', fingerprint: '0123456789ab' } },
  mounts: {
    '/etc/tenantry': { type: 'bind', source: '/var/lib/tenantry/worker-1/tenants/acme', readOnly: true },
    '/data/state': { type: 'volume', source: 'tenant_acme_state', readOnly: false },
  },
  tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=67108864' },
  readOnlyRoot: true,
  healthcheck: { command: ['check'], intervalMs: 5_000, timeoutMs: 2_000, retries: 3, startPeriodMs: 20_000 },
  labels: { [label.tenant]: 'acme', [label.restart]: '2026-11-21T10:00Z' },
  networks: ['tenantry-test-worker-1-10.210.0.0-18'],
  memoryBytes: 536_870_912,
  memorySwapBytes: 536_870_912,
  nanoCpus: 500_000_000,
  pids: 256,
  restartPolicy: 'unless-stopped',
  forbidden: {},
};

/** These values are on containers of people by now. A change here is a restart of every tenant: add a version instead. */
const golden = 'v1:cc65be36d96418cc223269ea';
const goldenOfBlank = 'v1:75c1b84851ed4bf359bdfcae';

const blank: ContainerSpec = {
  ...spec,
  command: null,
  user: null,
  env: {},
  mounts: {},
  tmpfs: {},
  readOnlyRoot: false,
  healthcheck: null,
  labels: {},
};

test('v1 of a full and of a nearly empty spec is what it always was, so that an upgrade restarts nobody', () => {
  expect(specHash(spec, 'v1')).toBe(golden);
  expect(specHash(blank, 'v1')).toBe(goldenOfBlank);
});

test('new containers carry v1', () => {
  expect(specHash(spec)).toBe(golden);
});

test('the order of keys makes no difference', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, reversed(inner)]),
    );
  };
  const other = reversed(spec) as ContainerSpec;
  expect(Object.keys(other)).not.toEqual(Object.keys(spec));
  expect(specHash(other)).toBe(golden);
});

test('the order of a command does', () => {
  expect(specHash({ ...spec, command: ['--fast', 'serve'] })).not.toBe(golden);
});

test.each<[string, Partial<ContainerSpec>]>([
  ['image', { image: 'registry.example.com/runtime:v2' }],
  ['command', { command: null }],
  ['user', { user: null }],
  ['a variable', { env: { ...spec.env, LOG_LEVEL: 'debug' } }],
  ['a variable more', { env: { ...spec.env, MODE: 'x' } }],
  [
    'the value of a secret',
    { env: { ...spec.env, API_KEY: { secret: 'API_KEY', fingerprint: 'ba9876543210' } } },
  ],
  [
    'the source of a mount',
    { mounts: { ...spec.mounts, '/data/state': { type: 'volume', source: 'other', readOnly: false } } },
  ],
  [
    'a mount that may be written',
    {
      mounts: {
        ...spec.mounts,
        '/etc/tenantry': { type: 'bind', source: '/var/lib/tenantry/worker-1/tenants/acme', readOnly: false },
      },
    },
  ],
  ['a tmpfs', { tmpfs: {} }],
  ['the read-only root', { readOnlyRoot: false }],
  ['the health check', { healthcheck: null }],
  ['the restart token', { labels: { ...spec.labels, [label.restart]: '2026-11-22T10:00Z' } }],
])('another hash for what only a new container changes: %s', (_, parts) => {
  expect(specHash({ ...spec, ...parts })).not.toBe(golden);
});

test.each<[string, Partial<ContainerSpec>]>([
  ['memory', { memoryBytes: 1 }],
  ['swap', { memorySwapBytes: 1 }],
  ['processors', { nanoCpus: 1 }],
  ['processes', { pids: 1 }],
  ['restart policy', { restartPolicy: 'no' }],
  ['networks', { networks: ['another'] }],
  [
    'labels that tell what it is',
    { labels: { ...spec.labels, [label.revision]: 'abc', [label.spec]: 'v1:0' } },
  ],
  ['what another hand added', { forbidden: { Privileged: true } }],
])('the same hash for what is changed in place or is no wish of Git: %s', (_, parts) => {
  expect(specHash({ ...spec, ...parts })).toBe(golden);
});

test('a container was made from a spec when its label says so, under the version that the label names', () => {
  expect(madeFrom(golden, spec)).toBe(true);
  expect(madeFrom(golden, { ...spec, memoryBytes: 1 })).toBe(true);
  expect(madeFrom(golden, { ...spec, image: 'other:v2' })).toBe(false);
});

test.each([
  null,
  '',
  'v1',
  'v1:',
  'v0:4f2c',
  'v2:4f2c',
  'constructor:4f2c',
  'toString',
  golden.toUpperCase(),
])('the label %j is of no spec, and of no version that is not there', (hash) => {
  expect(madeFrom(hash, spec)).toBe(false);
});

test('law: two specs have the same hash only when what it covers is the same', () => {
  const anySpec = fc.record({
    image: fc.constantFrom('a:v1', 'a:v2'),
    command: fc.constantFrom(null, ['a', 'b'], ['a b']),
    user: fc.constantFrom(null, '1000'),
    env: fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom('', '1', '2')),
    readOnlyRoot: fc.boolean(),
  });
  fc.assert(
    fc.property(anySpec, anySpec, (one, other) => {
      const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
      expect(specHash({ ...spec, ...one }) === specHash({ ...spec, ...other })).toBe(same);
    }),
  );
});

function sorted<T extends { env: Record<string, string> }>(parts: T): T {
  return { ...parts, env: Object.fromEntries(Object.entries(parts.env).sort()) };
}
