import { describe, expect, test } from 'vitest';
import type { ContainerInspect, NetworkInspect, VolumeInspect } from '../../../reconciler/engine-api.ts';
import {
  normaliseContainer,
  normaliseNetwork,
  normaliseVolume,
} from '../../../reconciler/observe/normalise.ts';
import { diffContainer } from '../../../reconciler/plan/diff.ts';
import { madeWith } from '../../../reconciler/plan/made-with.ts';
import { label } from '../../../renderers/labels.ts';
import { context, type OurContainer, ourContainer } from '../../support/our-container.ts';

const fingerprint = (name: string) => ({ secret: name, fingerprint: `fp-${name}` });
const observe = ({ inspect, image }: OurContainer) => normaliseContainer(inspect, image, fingerprint);
/** The container as the engine would show it with another configuration. */
const withConfig = (ours: OurContainer, config: Partial<ContainerInspect['Config']>) =>
  observe({ ...ours, inspect: { ...ours.inspect, Config: { ...ours.inspect.Config, ...config } } }).spec;
const withState = (ours: OurContainer, state: Partial<ContainerInspect['State']>) =>
  observe({ ...ours, inspect: { ...ours.inspect, State: { ...ours.inspect.State, ...state } } });

describe('a container', () => {
  test('that is as it was asked for is observed as it was asked for, but for what its image brings', async () => {
    const volumes = [{ name: 'state', mountPath: '/data/state', backup: true }];
    const health = {
      type: 'exec',
      command: ['check', '-q'],
      intervalMs: 5_000,
      timeoutMs: 2_500,
      retries: 3,
      startPeriodMs: 20_000,
    } as const;
    const ours = await ourContainer({ volumes, health, command: ['serve'], user: '1000' });
    const { spec } = ours.wanted.container;
    const observed = observe(ours);
    expect(observed.spec).toEqual({
      ...spec,
      env: { ...spec.env, PATH: '/bin' },
      labels: {
        ...spec.labels,
        ...madeWith(spec),
        [label.spec]: ours.wanted.specHash,
        [label.revision]: 'a'.repeat(40),
      },
    });
    expect(observed).toMatchObject({
      name: 'tenant_acme_runtime',
      specHash: ours.wanted.specHash,
      revision: 'a'.repeat(40),
      image: { env: { PATH: '/bin' }, command: ['serve'], user: null },
      state: 'running',
      health: 'starting',
    });
    expect(Object.keys(observed.addresses)).toEqual(spec.networks);
  });

  test('INV-22: shows the values of its secrets to the fingerprint alone', async () => {
    const secrets = [{ name: 'TOKEN', as: 'env', sealed: 'x' }] as const;
    const ours = await ourContainer({ secrets }, { TOKEN: 'canary=value\nof two lines' });
    const asked: string[] = [];
    const observed = normaliseContainer(ours.inspect, ours.image, (name, value) => {
      asked.push(value);
      return fingerprint(name);
    });
    expect(asked).toEqual(['canary=value\nof two lines']);
    expect(observed.spec.env['TOKEN']).toEqual({ secret: 'TOKEN', fingerprint: 'fp-TOKEN' });
    expect(JSON.stringify(observed)).not.toContain('canary');
  });

  test('has variables cut at the first equals sign', async () => {
    const ours = await ourContainer();
    const { env } = withConfig(ours, { Env: ['URL=redis://h/?a=b', 'EMPTY=', 'BARE'] });
    expect(env).toEqual({ URL: 'redis://h/?a=b', EMPTY: '', BARE: '' });
    expect(withConfig(ours, { Env: null }).env).toEqual({});
  });

  test('has the labels that mean something here, not those of its image', async () => {
    const ours = await ourContainer();
    const Labels = { ...ours.inspect.Config.Labels, maintainer: 'x', 'dev.tenantry.other': 'y' };
    expect(withConfig(ours, { Labels }).labels).toEqual(observe(ours).spec.labels);
    expect(withConfig(ours, { Labels: null }).labels).toEqual({});
  });

  test.each([
    [null, null],
    [{ Test: null }, null],
    [{ Test: [] }, null],
    [{ Test: ['NONE'] }, null],
    [{ Test: ['CMD', 'a', 'b'], Interval: 1e9 }, ['a', 'b']],
    [{ Test: ['CMD-SHELL', 'a | b'], Interval: 1e9 }, ['CMD-SHELL', 'a | b']],
  ])('with the check %j of the engine has the command %j', async (Healthcheck, command) => {
    const { healthcheck } = withConfig(await ourContainer(), { Healthcheck });
    expect(healthcheck?.command ?? null).toEqual(command);
    if (healthcheck !== null)
      expect(healthcheck).toMatchObject({ intervalMs: 1_000, timeoutMs: 0, retries: 0 });
  });

  test('without a user or a restart policy of its own says so', async () => {
    const ours = await ourContainer();
    expect(withConfig(ours, { User: '' }).user).toBeNull();
    const HostConfig = { ...ours.inspect.HostConfig, RestartPolicy: { Name: '', MaximumRetryCount: 0 } };
    expect(observe({ ...ours, inspect: { ...ours.inspect, HostConfig } }).spec.restartPolicy).toBe('no');
  });

  test('whose image is gone from the engine is as it was asked for all the same', async () => {
    const { inspect, wanted } = await ourContainer();
    const observed = normaliseContainer(inspect, null, fingerprint);
    expect(diffContainer(wanted.container.spec, observed)).toEqual([]);
    const env = { ...wanted.container.spec.env, LOG_LEVEL: 'warn' };
    expect(diffContainer({ ...wanted.container.spec, env }, observed).map(({ path }) => path)).toEqual([
      'env.LOG_LEVEL',
    ]);
  });

  test('in several networks has them in order, and in none has none', async () => {
    const ours = await ourContainer();
    const at = (IPAddress: string) => ({ IPAddress, NetworkID: 'n' });
    const networks = (Networks: ContainerInspect['NetworkSettings']['Networks']) =>
      observe({ ...ours, inspect: { ...ours.inspect, NetworkSettings: { Networks } } });
    const two = networks({ b: at('10.0.0.2'), a: at('') });
    expect(two.spec.networks).toEqual(['a', 'b']);
    expect(two.addresses).toEqual({ b: '10.0.0.2', a: '' });
    expect(networks(null).spec.networks).toEqual([]);
  });

  test.each(['created', 'running', 'paused', 'restarting', 'exited', 'removing', 'dead'])(
    'can be %s',
    async (Status) => {
      expect(withState(await ourContainer(), { Status }).state).toBe(Status);
    },
  );

  test('in a state that no engine had so far is an error, and not taken for another', async () => {
    const ours = await ourContainer();
    expect(() => withState(ours, { Status: 'hibernating' })).toThrow(/hibernating/);
  });

  test.each([
    ['starting', 'starting'],
    ['healthy', 'healthy'],
    ['unhealthy', 'unhealthy'],
    ['none', null],
  ])("with Docker's verdict %s is %s", async (Status, expected) => {
    expect(withState(await ourContainer(), { Health: { Status } }).health).toBe(expected);
    expect(withState(await ourContainer(), { Health: null }).health).toBeNull();
  });
});

describe('networks and volumes', () => {
  const mine = { [label.platform]: 'test', [label.node]: 'worker-1' };
  const network: NetworkInspect = {
    Id: 'n1',
    Name: 'net',
    Driver: 'bridge',
    IPAM: { Config: [{ Subnet: '10.0.0.0/24' }] },
    Options: { 'com.docker.network.bridge.enable_icc': 'false' },
    Labels: mine,
  };
  const volume: VolumeInspect = {
    Name: 'v',
    Driver: 'local',
    Options: null,
    Labels: { ...mine, [label.tenant]: 'acme' },
  };

  test('are ours by platform and node together', () => {
    expect(normaliseNetwork(network, context.owner)).toEqual({
      id: 'n1',
      name: 'net',
      owned: true,
      subnet: '10.0.0.0/24',
      isolated: true,
    });
    expect(normaliseVolume(volume, context.owner)).toEqual({
      name: 'v',
      tenant: 'acme',
      driver: 'local',
      options: {},
    });
    for (const Labels of [null, {}, { [label.platform]: 'test' }, { ...mine, [label.node]: 'worker-2' }]) {
      expect(normaliseNetwork({ ...network, Labels }, context.owner).owned).toBe(false);
      const labelled = Labels === null ? null : { ...Labels, [label.tenant]: 'acme' };
      expect(normaliseVolume({ ...volume, Labels: labelled }, context.owner).tenant).toBeNull();
    }
  });

  test('are isolated only where the engine says so', () => {
    for (const Options of [null, {}, { 'com.docker.network.bridge.enable_icc': 'true' }]) {
      expect(normaliseNetwork({ ...network, Options }, context.owner).isolated).toBe(false);
    }
    expect(normaliseNetwork({ ...network, IPAM: { Config: null } }, context.owner).subnet).toBe('');
  });
});
