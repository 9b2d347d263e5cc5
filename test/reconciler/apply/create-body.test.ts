import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBody, networkBody, updateBody, volumeBody } from '../../../reconciler/apply/create-body.ts';
import { label } from '../../../renderers/labels.ts';
import { renderTenant } from '../../../renderers/tenant.ts';
import { anyTenant } from '../../support/any-tenant.ts';
import { tenant } from '../../support/desired.ts';
import { foreignValues } from '../../support/host-config.ts';
import { context } from '../../support/our-container.ts';

const values = new Map([
  ['TOKEN', 'canary-token'],
  ['PASSWORD', 'canary-password'],
  ['CERT', 'canary-cert'],
]);
const bodyOf = (desired: Parameters<typeof renderTenant>[0]) => {
  const { container, specHash } = renderTenant(desired, context, {});
  return createBody(container.spec, specHash, 'revision', values);
};

/** All that a request may hold. A field more is a decision that has to be made here too. */
const bodyFields = ['Cmd', 'Env', 'Healthcheck', 'HostConfig', 'Image', 'Labels', 'NetworkingConfig', 'User'];
const hostFields = [
  'CapAdd',
  'CapDrop',
  'LogConfig',
  'Memory',
  'MemorySwap',
  'Mounts',
  'NanoCpus',
  'NetworkMode',
  'PidsLimit',
  'ReadonlyRootfs',
  'RestartPolicy',
  'SecurityOpt',
  'Tmpfs',
];

describe('INV-23: the request for a container', () => {
  test('is this', () => {
    const desired = tenant('acme', {
      command: ['serve'],
      user: '1000',
      env: { LOG_LEVEL: 'info' },
      secrets: [{ name: 'TOKEN', as: 'env', sealed: 'x' }],
      volumes: [{ name: 'state', mountPath: '/data/state', backup: true }],
      health: {
        type: 'exec',
        command: ['check', '-q'],
        intervalMs: 5_000,
        timeoutMs: 2_500,
        retries: 3,
        startPeriodMs: 20_000,
      },
    });
    const { specHash } = renderTenant(desired, context, {});
    const network = 'tenantry-test-worker-1-10.210.64.0-18';
    expect(bodyOf(desired)).toEqual({
      Image: 'registry.example.com/runtime:v1.0.0',
      Cmd: ['serve'],
      User: '1000',
      Env: ['LOG_LEVEL=info', 'TENANTRY_TENANT=acme', 'TOKEN=canary-token'],
      Labels: {
        [label.platform]: 'test',
        [label.node]: 'worker-1',
        [label.tenant]: 'acme',
        [label.restart]: '',
        [label.secretEnv]: 'TOKEN',
        [label.madeWith]: JSON.stringify({
          memoryBytes: 268_435_456,
          memorySwapBytes: 268_435_456,
          nanoCpus: 500_000_000,
          pids: 256,
          restartPolicy: 'unless-stopped',
          networks: [network],
        }),
        [label.spec]: specHash,
        [label.revision]: 'revision',
      },
      Healthcheck: {
        Test: ['CMD', 'check', '-q'],
        Interval: 5_000_000_000,
        Timeout: 2_500_000_000,
        Retries: 3,
        StartPeriod: 20_000_000_000,
      },
      HostConfig: {
        Memory: 268_435_456,
        MemorySwap: 268_435_456,
        NanoCpus: 500_000_000,
        PidsLimit: 256,
        RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 },
        ReadonlyRootfs: true,
        Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=67108864' },
        Mounts: [
          { Type: 'bind', Source: '/data/tenants/acme/files', Target: '/etc/tenantry', ReadOnly: true },
          { Type: 'volume', Source: 'tenant_acme_state', Target: '/data/state', ReadOnly: false },
        ],
        NetworkMode: network,
        CapAdd: null,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      },
      NetworkingConfig: { EndpointsConfig: { [network]: {} } },
    });
  });

  test('law: whatever a tenant says, the request holds the fields of the allow-list and no rights', () => {
    fc.assert(
      fc.property(anyTenant, (desired) => {
        const body = bodyOf(desired);
        expect(Object.keys(body).filter((field) => !bodyFields.includes(field))).toEqual([]);
        expect(Object.keys(body.HostConfig).sort()).toEqual(hostFields);
        expect(body.HostConfig).toMatchObject({
          CapAdd: null,
          CapDrop: ['ALL'],
          SecurityOpt: ['no-new-privileges'],
          NetworkMode: expect.stringMatching(/^tenantry-test-worker-1-/),
        });
        for (const mount of body.HostConfig.Mounts ?? []) {
          expect(Object.keys(mount).sort()).toEqual(['ReadOnly', 'Source', 'Target', 'Type']);
        }
      }),
    );
  });

  test('law: fields that a tenant smuggles into the model reach no request', () => {
    const smuggled = fc.dictionary(
      fc.constantFrom(...Object.keys(foreignValues).filter((field) => !hostFields.includes(field))),
      fc.constantFrom<unknown>(true, 'host', ['/:/host'], { '/': '/host' }),
      { minKeys: 1 },
    );
    fc.assert(
      fc.property(anyTenant, smuggled, (desired, more) => {
        const { container, specHash } = renderTenant({ ...more, ...desired }, context, {});
        const spec = { ...more, ...container.spec, forbidden: more };
        expect(createBody(spec, specHash, 'revision', values)).toEqual(bodyOf(desired));
      }),
    );
  });

  test('is the same however the environment is arranged in Git', () => {
    const one = tenant('acme', { env: { A: '1', B: '2' } });
    expect(JSON.stringify(bodyOf(tenant('acme', { env: { B: '2', A: '1' } })))).toBe(
      JSON.stringify(bodyOf(one)),
    );
  });

  test('leaves command and user to the image where Git says nothing, and its health check never', () => {
    const body = bodyOf(tenant('acme'));
    expect(body).not.toHaveProperty('Cmd');
    expect(body).not.toHaveProperty('User');
    expect(body.Healthcheck).toEqual({ Test: ['NONE'] });
  });

  test('INV-22: holds values of secrets in its environment alone, and fails when one is not at hand', () => {
    const secrets = [
      { name: 'TOKEN', as: 'env', sealed: 'x' },
      { name: 'CERT', as: 'file', sealed: 'x' },
    ] as const;
    const { Env, ...rest } = bodyOf(tenant('acme', { secrets }));
    expect(Env).toContain('TOKEN=canary-token');
    expect(JSON.stringify(rest)).not.toContain('canary');
    expect(JSON.stringify(Env)).not.toContain('canary-cert');
    const { container, specHash } = renderTenant(tenant('acme', { secrets }), context, {});
    expect(() => createBody(container.spec, specHash, 'revision', new Map())).toThrow(
      expect.objectContaining({ code: 'secret/missing', message: expect.stringContaining('TOKEN') }),
    );
  });
});

describe('the other requests', () => {
  test('an update names only what changes, and memory always with swap', () => {
    expect(updateBody({})).toEqual({});
    expect(updateBody({ memoryBytes: 5, memorySwapBytes: 5 })).toEqual({ Memory: 5, MemorySwap: 5 });
    expect(updateBody({ memoryBytes: 5 })).toEqual({ Memory: 5, MemorySwap: 5 });
    expect(updateBody({ nanoCpus: 1, pids: 2, restartPolicy: 'no' })).toEqual({
      NanoCpus: 1,
      PidsLimit: 2,
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    });
  });

  test('a network keeps containers apart, and bears its owner', () => {
    const { network } = renderTenant(tenant('acme'), context, {});
    expect(networkBody(network, context.owner)).toEqual({
      Name: network.name,
      Driver: 'bridge',
      CheckDuplicate: true,
      IPAM: { Config: [{ Subnet: '10.210.64.0/18' }] },
      Options: { 'com.docker.network.bridge.enable_icc': 'false' },
      Labels: { [label.platform]: 'test', [label.node]: 'worker-1' },
    });
  });

  test('a volume is local, without options, and bears its owner and tenant', () => {
    expect(volumeBody('acme', 'tenant_acme_state', context.owner)).toEqual({
      Name: 'tenant_acme_state',
      Driver: 'local',
      Labels: { [label.platform]: 'test', [label.node]: 'worker-1', [label.tenant]: 'acme' },
    });
  });
});
