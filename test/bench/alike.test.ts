import type Dockerode from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ComposeProject } from './compose.ts';
import { Fleet } from './fleet.ts';
import { bareDocker, upBare } from './floor.ts';
import { onceInProcess } from './tenantry.ts';

const docker = bareDocker();
const fleets: Fleet[] = [];
let ours: object;

beforeAll(async () => {
  ours = await made(async (fleet) => {
    await onceInProcess(fleet);
  });
}, 120_000);
afterAll(async () => {
  for (const { host } of fleets) await host.remove();
}, 60_000);

describe('what the contestants make is alike', { timeout: 120_000 }, () => {
  test('the container and network of bare calls are those of Tenantry', async () => {
    const theirs = await made(async (fleet) => {
      await upBare(docker, await fleet.requests(), { starts: 1, order: 'each' });
    });
    expect(theirs).toEqual(ours);
  });

  test('the container and network of docker-compose are those of Tenantry', async () => {
    const theirs = await made(async (fleet) => {
      const project = await ComposeProject.write(fleet);
      await project.up();
    });
    expect(theirs).toEqual(ours);
  });
});

/** What a container costs: its limits, mounts, root, privileges, logs, health check and network. */
async function made(up: (fleet: Fleet) => Promise<void>): Promise<object> {
  const fleet = await Fleet.make({ tenants: 1, platforms: [] });
  fleets.push(fleet);
  await up(fleet);
  const [tenant = ''] = fleet.tenants;
  const container = await docker.getContainer(fleet.host.container(tenant)).inspect();
  const { Config, HostConfig: host, State, NetworkSettings } = container;
  const network = await docker.getNetwork(Object.keys(NetworkSettings.Networks).join()).inspect();
  return {
    running: State.Running,
    config: { image: Config.Image, command: Config.Cmd, health: healthOf(Config) },
    limits: [host.Memory, host.MemorySwap, host.NanoCpus, host.PidsLimit],
    root: [host.ReadonlyRootfs, Object.keys(host.Tmpfs ?? {})],
    privileges: [host.CapDrop, host.SecurityOpt, host.Privileged],
    policy: [host.RestartPolicy?.Name, host.LogConfig],
    mounts: container.Mounts.map(({ Type, Destination, RW }) => ({ Type, Destination, RW })),
    network: networkOf(network),
  };
}

function healthOf(config: Dockerode.ContainerInspectInfo['Config']): unknown {
  return config.Healthcheck?.Test;
}

function networkOf({ Driver, Options, IPAM }: Dockerode.NetworkInspectInfo): object {
  return { Driver, Options, subnets: IPAM?.Config?.length };
}
