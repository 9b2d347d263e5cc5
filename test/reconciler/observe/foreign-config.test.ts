import { expect, test } from 'vitest';
import { foreignConfig } from '../../../reconciler/observe/foreign-config.ts';
import { normaliseContainer } from '../../../reconciler/observe/normalise.ts';
import { diffContainer } from '../../../reconciler/plan/diff.ts';
import { ourContainer } from '../../support/our-container.ts';

const foreign: Readonly<Record<string, unknown>> = {
  ArgsEscaped: true,
  AttachStdin: true,
  Domainname: 'example.com',
  Entrypoint: ['/bin/sh', '-c', 'id'],
  ExposedPorts: { '22/tcp': {} },
  Hostname: 'globex',
  MacAddress: '02:42:ac:11:00:02',
  NetworkDisabled: true,
  OnBuild: ['RUN id'],
  OpenStdin: true,
  Shell: ['/bin/sh', '-c'],
  StdinOnce: true,
  StopSignal: 'SIGSTOP',
  StopTimeout: 3_600,
  Tty: true,
  Volumes: { '/host': {} },
  WorkingDir: '/host',
};

test('INV-23: a container as it was asked for has nothing of another hand in its Config', async () => {
  const { inspect, image } = await ourContainer();
  expect(foreignConfig(inspect, image)).toEqual({});
});

test.each(Object.entries(foreign))(
  'INV-23: %s of another hand is a difference that wants a new container',
  async (name, value) => {
    const { inspect, image, wanted } = await ourContainer();
    const forged = { ...inspect, Config: { ...inspect.Config, [name]: value } };
    expect(foreignConfig(forged, image)).toEqual({ [name]: value });
    const observed = normaliseContainer(forged, image, (secret) => ({ secret, fingerprint: null }));
    expect(diffContainer(wanted.container.spec, observed).map(({ path }) => path)).toEqual([
      `forbidden.${name}`,
    ]);
  },
);

test('What the image brings along is its own, and an entrypoint that was taken away is not', async () => {
  const { inspect, image } = await ourContainer();
  const brought = {
    Entrypoint: ['/init'],
    WorkingDir: '/app',
    Volumes: { '/data': {} },
    OnBuild: ['RUN id'],
  };
  const withMore = { ...image, Config: { ...inspect.Config, ...brought } };
  const same = { ...inspect, Config: { ...inspect.Config, ...brought, OnBuild: null } };
  expect(foreignConfig(same, withMore)).toEqual({});
  const bare = { ...same, Config: { ...same.Config, Entrypoint: null } };
  expect(foreignConfig(bare, withMore)).toEqual({ Entrypoint: null });
});

test('Where the image is gone nothing is compared with it', async () => {
  const { inspect } = await ourContainer();
  expect(foreignConfig({ ...inspect, Config: { ...inspect.Config, Entrypoint: ['x'] } }, null)).toEqual({});
});
