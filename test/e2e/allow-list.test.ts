import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDocker } from '../../reconciler/adapters/docker.ts';
import { createBody, volumeBody } from '../../reconciler/apply/create-body.ts';
import type { ContainerCreateBody, ContainerInspect } from '../../reconciler/engine-api.ts';
import { forbiddenSettings } from '../../reconciler/observe/forbidden.ts';
import { normaliseContainer } from '../../reconciler/observe/normalise.ts';
import { diffContainer } from '../../reconciler/plan/diff.ts';
import type { TenantResources } from '../../renderers/resource.ts';
import { renderTenant } from '../../renderers/tenant.ts';
import { tenant } from '../support/desired.ts';
import { networkBody } from '../support/docker-bodies.ts';
import { dockerScope } from '../support/docker-cleanup.ts';
import { ensureBusyboxImage } from '../support/docker-image.ts';
import { foreignValues, operatorFields } from '../support/host-config.ts';
import { context } from '../support/our-container.ts';

const docker = connectDocker();
const scope = dockerScope();
let folder: string;
let wanted: TenantResources;
let body: ContainerCreateBody;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-test-allow-list-'));
  const image = await ensureBusyboxImage();
  const network = networkBody(scope.name('net'));
  await docker.createNetwork(network);
  const name = scope.prefix;
  scope.label(`dev.tenantry.tenant=${name}`);
  const rendered = renderTenant(
    tenant(name, {
      image,
      user: '1000:1000',
      volumes: [{ name: 'state', mountPath: '/data/state', backup: true }],
      health: {
        type: 'exec',
        command: ['true'],
        intervalMs: 5_000,
        timeoutMs: 2_000,
        retries: 3,
        startPeriodMs: 0,
      },
    }),
    { ...context, configDir: () => folder },
    {},
  );
  await docker.createVolume(volumeBody(name, `tenant_${name}_state`, context.owner));
  const spec = { ...rendered.container.spec, networks: [network.Name] };
  wanted = { ...rendered, container: { ...rendered.container, spec } };
  body = createBody(spec, rendered.specHash, 'a'.repeat(40), new Map());
}, 60_000);

afterAll(async () => {
  await scope.cleanup();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

async function made(name: string, request: ContainerCreateBody, start: boolean): Promise<ContainerInspect> {
  const { id } = await docker.createContainer(scope.name(name), request);
  if (start) await docker.startContainer(id);
  return docker.inspectContainer(id);
}

describe('INV-23 on a real engine', () => {
  test.each([
    ['created', false],
    ['running', true],
  ])('a %s container of ours shows what was asked for and nothing else', async (name, start) => {
    const inspect = await made(name, body, start);
    expect(inspect.State.Running).toBe(start);
    expect(forbiddenSettings(inspect)).toEqual({});
    const image = await docker.inspectImage(inspect.Image);
    const observed = normaliseContainer(inspect, image, (secret) => ({ secret, fingerprint: null }));
    const { SwapLimit: limitsSwap } = await docker.info();
    const fields = diffContainer(wanted.container.spec, observed);
    // Where the kernel does not limit swap, the engine shows what it did instead.
    expect(fields.filter(({ path }) => limitsSwap || path !== 'memorySwapBytes')).toEqual([]);
  });

  test('the engine has no setting that the list of all settings lacks', async () => {
    const inspect = await made('fields', body, false);
    const known = new Set([...Object.keys(foreignValues), ...operatorFields]);
    expect(Object.keys(inspect.HostConfig).filter((field) => !known.has(field))).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['Privileged', { Privileged: true }],
    ['CapAdd', { CapAdd: ['SYS_ADMIN'] }],
    ['Binds', { Binds: ['/var/run/docker.sock:/var/run/docker.sock'] }],
    ['PidMode', { PidMode: 'host' }],
    ['IpcMode', { IpcMode: 'host' }],
    ['UTSMode', { UTSMode: 'host' }],
    [
      'Devices',
      { Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/x', CgroupPermissions: 'rwm' }] },
    ],
    ['SecurityOpt', { SecurityOpt: ['seccomp=unconfined'] }],
    ['PortBindings', { PortBindings: { '8080/tcp': [{ HostIp: '', HostPort: '18080' }] } }],
    ['Sysctls', { Sysctls: { 'net.ipv4.ip_forward': '1' } }],
    ['ReadonlyPaths', { ReadonlyPaths: ['/proc/irq'] }],
  ])('a container that another hand gave %s is seen', async (field, host) => {
    const foreign = { ...body, HostConfig: { ...body.HostConfig, ...host } };
    const inspect = await made(`foreign-${field.toLowerCase()}`, foreign, false);
    expect(Object.keys(forbiddenSettings(inspect))).toContain(field);
  });
});
