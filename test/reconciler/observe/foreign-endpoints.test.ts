import { expect, test } from 'vitest';
import type { ContainerInspect } from '../../../reconciler/engine-api.ts';
import { foreignEndpoints } from '../../../reconciler/observe/foreign-endpoints.ts';
import { normaliseContainer } from '../../../reconciler/observe/normalise.ts';
import { diffContainer } from '../../../reconciler/plan/diff.ts';
import { impactOf } from '../../../reconciler/plan/impact.ts';
import { ourContainer } from '../../support/our-container.ts';

const foreign: Readonly<Record<string, unknown>> = {
  Aliases: ['globex'],
  DriverOpts: { 'com.docker.network.endpoint.sysctls': 'net.ipv4.conf.IFNAME.forwarding=1' },
  GwPriority: 1,
  IPAMConfig: { IPv4Address: '10.9.0.77' },
  Links: ['globex:database'],
};

/** A container of ours whose place in its network has these settings as well. */
async function placed(more: (id: string) => Readonly<Record<string, unknown>>) {
  const { inspect, image, wanted } = await ourContainer();
  const { Networks } = inspect.NetworkSettings;
  const changed = Object.entries(Networks ?? {}).map(([name, endpoint]) => [
    name,
    { ...endpoint, ...more(inspect.Id) },
  ]);
  const forged: ContainerInspect = { ...inspect, NetworkSettings: { Networks: Object.fromEntries(changed) } };
  const observed = normaliseContainer(forged, image, (secret) => ({ secret, fingerprint: null }));
  return {
    forged,
    networks: Object.keys(Networks ?? {}),
    fields: diffContainer(wanted.container.spec, observed),
  };
}

test('INV-23: a container as it was asked for has nothing of another hand in its networks', async () => {
  const { inspect } = await ourContainer();
  expect(Object.keys(inspect.NetworkSettings.Networks ?? {})).toHaveLength(1);
  expect(foreignEndpoints(inspect)).toEqual({});
});

test.each(Object.entries(foreign))(
  'INV-23: %s that another hand gave its place in a network is a difference that wants a new container',
  async (name, value) => {
    const { forged, networks, fields } = await placed(() => ({ [name]: value }));
    const [network = ''] = networks;
    expect(foreignEndpoints(forged)).toEqual({ Networks: { [network]: { [name]: value } } });
    expect(fields.map(({ path }) => path)).toEqual(['forbidden.Networks']);
    expect(fields.map(impactOf)).toEqual(['replace']);
  },
);

test('What the engine itself fills in is no difference, an alias beside its own is', async () => {
  const own = (id: string) => ({
    Aliases: [id.slice(0, 12)],
    DNSNames: ['x', id.slice(0, 12)],
    IPAMConfig: {},
  });
  expect((await placed(own)).fields).toEqual([]);
  const { forged, networks } = await placed((id) => ({ Aliases: [id.slice(0, 12), 'globex', ''] }));
  expect(foreignEndpoints(forged)).toEqual({
    Networks: { [networks[0] ?? '']: { Aliases: ['globex', ''] } },
  });
});
