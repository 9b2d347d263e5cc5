import { describe, expect, it } from 'vitest';
import type { DesiredTenant } from '../../../desired-state/model.ts';
import { resolve } from '../../../desired-state/read/resolve.ts';
import * as f from './files.ts';

const MI = 1024 ** 2;

function resolved(tree: f.Tree, name = 'acme'): DesiredTenant {
  const tenant = resolve(f.documents({ ...f.base, ...tree })).tenants.get(name);
  expect(f.lines(tenant?.problems ?? [])).toEqual([]);
  if (tenant?.newest == null) throw new Error(`${name} was not resolved`);
  return tenant.newest.desired;
}

describe('resolving a tenant', () => {
  it('fills in the built-in defaults where nobody says anything', () => {
    expect(resolved(f.tenant('acme'))).toEqual({
      name: 'acme',
      owner: 'ops@example.com',
      node: 'worker-1',
      plan: null,
      channel: 'production',
      subdomain: null,
      labels: {},
      image: f.imageOf.production,
      command: null,
      user: null,
      state: 'running',
      restart: '',
      env: {},
      secrets: [],
      resources: { memoryBytes: 256 * MI, nanoCpus: 500_000_000, pids: 256 },
      readOnlyRoot: true,
      tmpfs: [{ path: '/tmp', sizeBytes: 64 * MI }],
      health: null,
      volumes: [],
      update: { strategy: 'start-first', drainMs: 10_000 },
      reloadSignal: 'SIGHUP',
      config: {},
      prompts: {},
      skills: {},
      whatsapp: { enabled: false, pairing: '', disconnect: '', port: 8080 },
      drift: 'heal',
      suspend: null,
    });
  });

  const platformRuntime = {
    resources: { memory: '128Mi', cpus: 0.25, pids: 64 },
    health: { http: { path: '/up', port: 80 }, interval: '7s' },
    update: { strategy: 'start-first', drain: '3s' },
    readOnlyRoot: false,
    tmpfs: [{ path: '/run', size: '1Mi' }],
    reloadSignal: 'SIGUSR1',
  };
  const plans = { pro: { resources: { memory: '1Gi', cpus: 2, pids: 512 } } };
  const withPlatform = f.platform({ defaults: { runtime: platformRuntime }, plans });
  const volumes = [{ name: 'state', mountPath: '/data' }];

  it.each<{ what: string; spec: object; expected: Partial<DesiredTenant> }>([
    {
      what: "the platform's defaults go before the built-in ones",
      spec: { runtime: { volumes } },
      expected: {
        resources: { memoryBytes: 128 * MI, nanoCpus: 250_000_000, pids: 64 },
        health: {
          type: 'http',
          path: '/up',
          port: 80,
          intervalMs: 7_000,
          timeoutMs: 2_000,
          retries: 3,
          startPeriodMs: 20_000,
        },
        update: { strategy: 'start-first', drainMs: 3_000 },
        readOnlyRoot: false,
        tmpfs: [{ path: '/run', sizeBytes: MI }],
        reloadSignal: 'SIGUSR1',
        volumes: [{ name: 'state', mountPath: '/data', backup: false }],
      },
    },
    {
      what: "a plan's resources go before the platform's",
      spec: { plan: 'pro' },
      expected: { resources: { memoryBytes: 1024 * MI, nanoCpus: 2_000_000_000, pids: 512 } },
    },
    {
      what: "the tenant's own word goes before all, field by field",
      spec: {
        plan: 'pro',
        runtime: {
          resources: { memory: '512Mi' },
          health: { exec: { command: ['/ok'] }, timeout: '9s' },
          update: { drain: '1m' },
          readOnlyRoot: true,
          tmpfs: [],
          reloadSignal: 'SIGUSR2',
        },
      },
      expected: {
        resources: { memoryBytes: 512 * MI, nanoCpus: 2_000_000_000, pids: 512 },
        health: {
          type: 'exec',
          command: ['/ok'],
          intervalMs: 7_000,
          timeoutMs: 9_000,
          retries: 3,
          startPeriodMs: 20_000,
        },
        update: { strategy: 'start-first', drainMs: 60_000 },
        readOnlyRoot: true,
        tmpfs: [],
        reloadSignal: 'SIGUSR2',
      },
    },
  ])('$what', ({ spec, expected }) => {
    expect(resolved({ ...withPlatform, ...f.tenant('acme', spec) })).toMatchObject(expected);
  });

  it('takes no probe from a platform that sets the timing alone', () => {
    const timing = f.platform({ defaults: { runtime: { health: { interval: '9s' } } } });
    expect(resolved({ ...timing, ...f.tenant('acme') }).health).toBeNull();
    const own = f.tenant('acme', { runtime: { health: { http: { path: '/', port: 1 } } } });
    expect(resolved({ ...timing, ...own }).health).toMatchObject({ type: 'http', intervalMs: 9_000 });
  });

  it('stops first where there are volumes and nobody says how to update', () => {
    expect(resolved(f.tenant('acme', { runtime: { volumes } })).update.strategy).toBe('stop-first');
  });

  it('lets a volume replace a default tmpfs at the same path', () => {
    const tmp = [{ name: 'tmp', mountPath: '/tmp' }];
    expect(resolved(f.tenant('acme', { runtime: { volumes: tmp } })).tmpfs).toEqual([]);
  });

  it("puts the platform's variables below the node's, and those below the tenant's", () => {
    const tree = {
      ...f.base,
      ...f.platform({ defaults: { runtime: { env: { A: 'platform', B: 'platform', C: 'platform' } } } }),
      ...f.node('worker-1', { environment: { B: 'node', C: 'node' } }),
      ...f.tenant('acme', { runtime: { env: { C: 'tenant' } } }),
    };
    const { shared } = resolve(f.documents(tree));
    expect(shared?.nodes.get('worker-1')?.desired.environment).toEqual({
      A: 'platform',
      B: 'node',
      C: 'node',
    });
    expect(resolved(tree).env).toEqual({ C: 'tenant' });
  });

  it('takes the image from the channel unless the tenant pins its own', () => {
    expect(resolved(f.tenant('acme', { channel: 'staging' })).image).toBe(f.imageOf.staging);
    const image = 'registry.example.com/runtime:v1.4.2';
    expect(resolved(f.tenant('acme', { image })).image).toBe(image);
  });

  it('merges prompts and skills of the library with its own, which win', () => {
    const tenant = resolved({
      ...f.prompt('library', 'tone', 'shared'),
      ...f.prompt('library', 'unused', 'shared'),
      ...f.prompt('library', 'greeting', 'shared'),
      ...f.prompt('tenants/acme', 'greeting', 'own'),
      ...f.skill('library', 'hours'),
      ...f.skill('tenants/acme', 'orders'),
      ...f.tenant('acme', { library: { prompts: ['tone', 'greeting'], skills: ['hours'] } }),
    });
    expect(tenant.prompts).toEqual({
      greeting: { text: 'own', description: '', path: 'tenants/acme/prompts/greeting.yaml' },
      tone: { text: 'shared', description: '', path: 'library/prompts/tone.yaml' },
    });
    expect(Object.keys(tenant.skills)).toEqual(['hours', 'orders']);
  });

  it('gives each secret that is asked for its ciphertext, and no other', () => {
    const sealed = '-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----\n';
    const values = { KEY: sealed, OTHER: sealed, URL: sealed };
    const tenant = resolved({
      ...f.tenant('acme', { runtime: { secrets: ['KEY', { name: 'URL', as: 'env' }] } }),
      'tenants/acme/secrets.yaml': f.document('Secrets', 'acme', { values }),
    });
    expect(tenant.secrets).toEqual([
      { name: 'KEY', as: 'file', sealed },
      { name: 'URL', as: 'env', sealed },
    ]);
  });

  it('reads the end of a suspension as an instant', () => {
    const suspend = { until: '2026-12-01T00:00Z', reason: 'migration', owner: 'ops@example.com' };
    expect(resolved(f.tenant('acme', { suspend })).suspend?.until).toBe(Date.UTC(2026, 11, 1));
  });
});

describe('resolving what is shared', () => {
  it('fills in the defaults of platform, nodes and channels', () => {
    const { shared } = resolve(f.documents(f.base));
    expect(shared?.platform?.desired).toEqual({
      name: 'test',
      guards: { removal: { percent: 10, atLeast: 1 } },
      recoveryKeys: [],
      approvals: [],
      access: { 'platform-admin': [], operator: [], viewer: [] },
    });
    expect(shared?.nodes.get('worker-1')?.desired).toEqual({
      name: 'worker-1',
      environment: {},
      network: { pool: '10.210.0.0/16', shards: 4 },
      capacity: { tenants: null, memoryBytes: null, nanoCpus: null },
      ageKey: null,
    });
    expect(shared?.channels.get('staging')).toEqual({
      name: 'staging',
      images: { runtime: f.imageOf.staging },
      promotesTo: 'production',
    });
  });

  it('names the documents that nothing runs yet', () => {
    const { notActedOn } = resolve(
      f.documents({
        ...f.base,
        ...f.tenant('acme'),
        'tenants/acme/jobs/digest.yaml': f.document('Job', 'digest', { schedule: '@daily', command: ['/x'] }),
        'stacks/mon/stack.yaml': f.document('Stack', 'mon', { node: 'worker-1' }),
        'stacks/mon/compose.yaml': 'services: {}\n',
        ...f.site('sites/', 'shop', {
          domains: ['a.example.com'],
          target: { tenant: { name: 'acme', port: 80 } },
        }),
      }),
    );
    expect(notActedOn).toEqual([
      { kind: 'Site', path: 'sites/shop.yaml' },
      { kind: 'Stack', path: 'stacks/mon/stack.yaml' },
      { kind: 'Job', path: 'tenants/acme/jobs/digest.yaml' },
    ]);
  });
});
