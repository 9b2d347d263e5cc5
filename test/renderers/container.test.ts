import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mountPaths } from '../../renderers/files.ts';
import { label } from '../../renderers/labels.ts';
import { renderTenant } from '../../renderers/tenant.ts';
import { anyTenant } from '../support/any-tenant.ts';
import { node, tenant } from '../support/desired.ts';
import { context } from '../support/our-container.ts';

describe('the container of a tenant', () => {
  test('is this, for a tenant with everything', () => {
    const desired = tenant('acme', {
      command: ['serve'],
      user: '1000:1000',
      restart: 'token-1',
      env: { LOG_LEVEL: 'debug' },
      secrets: [
        { name: 'TOKEN', as: 'env', sealed: 'x' },
        { name: 'PASSWORD', as: 'env', sealed: 'x' },
        { name: 'CERT', as: 'file', sealed: 'x' },
      ],
      volumes: [{ name: 'state', mountPath: '/data/state', backup: true }],
      health: {
        type: 'exec',
        command: ['check'],
        intervalMs: 5_000,
        timeoutMs: 2_000,
        retries: 3,
        startPeriodMs: 1_000,
      },
    });
    const { container, volumes, secretFiles } = renderTenant(desired, context, { TOKEN: 'f0', CERT: 'f1' });
    expect(container).toMatchObject({ name: 'tenant_acme_runtime', tenant: 'acme', running: true });
    expect(container.spec).toEqual({
      image: 'registry.example.com/runtime:v1.0.0',
      command: ['serve'],
      user: '1000:1000',
      env: {
        LOG_LEVEL: 'debug',
        TOKEN: { secret: 'TOKEN', fingerprint: 'f0' },
        PASSWORD: { secret: 'PASSWORD', fingerprint: null },
        TENANTRY_TENANT: 'acme',
      },
      mounts: {
        '/etc/tenantry': { type: 'bind', source: '/data/tenants/acme/files', readOnly: true },
        '/run/secrets': { type: 'bind', source: '/run/tenantry/acme', readOnly: true },
        '/data/state': { type: 'volume', source: 'tenant_acme_state', readOnly: false },
      },
      tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=67108864' },
      readOnlyRoot: true,
      healthcheck: {
        command: ['check'],
        intervalMs: 5_000,
        timeoutMs: 2_000,
        retries: 3,
        startPeriodMs: 1_000,
      },
      labels: {
        [label.platform]: 'test',
        [label.node]: 'worker-1',
        [label.tenant]: 'acme',
        [label.restart]: 'token-1',
        [label.secretEnv]: 'PASSWORD,TOKEN',
      },
      networks: ['tenantry-test-worker-1-10.210.64.0-18'],
      memoryBytes: 268_435_456,
      memorySwapBytes: 268_435_456,
      nanoCpus: 500_000_000,
      pids: 256,
      restartPolicy: 'unless-stopped',
      forbidden: {},
    });
    expect(volumes).toEqual([
      { kind: 'volume', name: 'tenant_acme_state', tenant: 'acme', driver: 'local', options: {} },
    ]);
    expect(secretFiles.values).toEqual({ CERT: { secret: 'CERT', fingerprint: 'f1' } });
  });

  test("has the node's environment below its own, and always its own name", () => {
    const onNode = {
      ...context,
      node: { ...node, environment: { REGION: 'eu', MODE: 'node', TENANTRY_TENANT: 'x' } },
    };
    const { container } = renderTenant(
      tenant('acme', { env: { MODE: 'tenant', TENANTRY_TENANT: 'y' } }),
      onNode,
      {},
    );
    expect(container.spec.env).toEqual({ REGION: 'eu', MODE: 'tenant', TENANTRY_TENANT: 'acme' });
  });

  test('has no folder for secrets when no secret is a file', () => {
    const { container } = renderTenant(
      tenant('acme', { secrets: [{ name: 'A', as: 'env', sealed: 'x' }] }),
      context,
      {},
    );
    expect(Object.keys(container.spec.mounts)).toEqual([mountPaths.files]);
  });

  test('that is stopped does not come back with the engine', () => {
    const { container } = renderTenant(tenant('acme', { state: 'stopped' }), context, {});
    expect(container).toMatchObject({ running: false, spec: { restartPolicy: 'no' } });
  });

  test('has no check of the engine for a check over HTTP: the reconciler asks itself', () => {
    const health = {
      type: 'http',
      path: '/',
      port: 8080,
      intervalMs: 1,
      timeoutMs: 1,
      retries: 1,
      startPeriodMs: 0,
    } as const;
    const rendered = renderTenant(tenant('acme', { health }), context, {});
    expect(rendered.container.spec.healthcheck).toBeNull();
    expect(rendered.health).toEqual(health);
  });

  test("carries none of the tenant's own labels, so that a relabelled tenant needs no new container", () => {
    const relabelled = renderTenant(tenant('acme', { labels: { tier: 'pro' } }), context, {});
    expect(relabelled).toEqual(renderTenant(tenant('acme'), context, {}));
  });
});

describe('laws', () => {
  test('the same tenant gives the same resources, as plain JSON', () => {
    fc.assert(
      fc.property(anyTenant, (desired) => {
        const rendered = renderTenant(desired, context, {});
        expect(renderTenant(structuredClone(desired), context, {})).toEqual(rendered);
        expect(JSON.parse(JSON.stringify(rendered))).toEqual(rendered);
      }),
    );
  });

  test('host folders are mounted read-only and are its own; volumes are its own', () => {
    fc.assert(
      fc.property(anyTenant, (desired) => {
        const { spec } = renderTenant(desired, context, {}).container;
        const folders = [context.configDir('acme'), context.secretsDir('acme')];
        for (const mount of Object.values(spec.mounts)) {
          if (mount.type === 'bind') expect(mount.readOnly && folders.includes(mount.source)).toBe(true);
          else expect(mount.source).toMatch(/^tenant_acme_/);
        }
      }),
    );
  });

  test('labels are those that Tenantry knows, and nothing is asked for outside the allow-list', () => {
    const known: ReadonlySet<string> = new Set(Object.values(label));
    fc.assert(
      fc.property(anyTenant, (desired) => {
        const { spec } = renderTenant(desired, context, {}).container;
        expect(Object.keys(spec.labels).filter((name) => !known.has(name))).toEqual([]);
        expect(spec.forbidden).toEqual({});
        expect(spec.memorySwapBytes).toBe(spec.memoryBytes);
        for (const options of Object.values(spec.tmpfs))
          expect(options).toMatch(/^rw,noexec,nosuid,nodev,size=\d+$/);
      }),
    );
  });
});
