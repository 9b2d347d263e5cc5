import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDocker } from '../../reconciler/adapters/docker.ts';
import { createBody, volumeBody } from '../../reconciler/apply/create-body.ts';
import type { ContainerCreateBody, ContainerInspect } from '../../reconciler/engine-api.ts';
import { forbiddenSettings } from '../../reconciler/observe/forbidden.ts';
import { foreignEndpoints } from '../../reconciler/observe/foreign-endpoints.ts';
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
let network: string;
let subnet: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-test-allow-list-'));
  const image = await ensureBusyboxImage();
  const asked = networkBody(scope.name('net'));
  network = asked.Name;
  subnet = asked.IPAM.Config[0]?.Subnet ?? '';
  await docker.createNetwork(asked);
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
  const spec = { ...rendered.container.spec, networks: [network] };
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
    expect(foreignEndpoints(inspect)).toEqual({});
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

  test.each<[string, (free: string) => Readonly<Record<string, unknown>>, boolean]>([
    ['an alias', () => ({ Aliases: ['globex'] }), true],
    ['an alias, not started', () => ({ Aliases: ['globex'] }), false],
    ['a link', () => ({ Links: ['other:database'] }), false],
    ['an address', (free) => ({ IPAMConfig: { IPv4Address: free } }), true],
    ['an option of the driver', () => ({ DriverOpts: { 'com.example.option': 'on' } }), false],
  ])(
    'a container to whose place in the network another hand gave %s is seen',
    async (what, settings, start) => {
      const place = settings(subnet.replace(/\d+\/28$/, (end) => String(Number.parseInt(end, 10) + 14)));
      const EndpointsConfig = { [network]: place } as unknown as Record<string, Record<string, never>>;
      const name = `place-${what.replaceAll(/[^a-z]/g, '-')}`;
      const inspect = await made(name, { ...body, NetworkingConfig: { EndpointsConfig } }, start);
      expect(foreignEndpoints(inspect)).toEqual({ Networks: { [network]: place } });
    },
  );

  test('a container that was taken out of its network and put back shows nothing of another hand', async () => {
    const { Id } = await made('put-back', body, true);
    await docker.disconnectNetwork(network, Id);
    await docker.connectNetwork(network, Id);
    const inspect = await docker.inspectContainer(Id);
    expect(Object.keys(inspect.NetworkSettings.Networks ?? {})).toEqual([network]);
    expect(foreignEndpoints(inspect)).toEqual({});
  });
});
