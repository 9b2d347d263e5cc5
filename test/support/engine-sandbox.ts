import { randomBytes } from 'node:crypto';
import type Dockerode from 'dockerode';
import { engineAt } from '../../deploy/images/engine-build.ts';

/** Containers and volumes with names of one test's own, which `close` removes and nothing else. */
export interface EngineSandbox {
  readonly engine: Dockerode;
  /** `tenantry-test-<random>`: what is made by hand begins with it, too. */
  readonly prefix: string;
  volume(): Promise<string>;
  /** Creates and starts a container. */
  run(body: Omit<Dockerode.ContainerCreateOptions, 'name'>): Promise<Dockerode.Container>;
  close(): Promise<void>;
}

export function engineSandbox(host: string): EngineSandbox {
  const engine = engineAt(host);
  const prefix = `tenantry-test-${randomBytes(5).toString('hex')}`;
  const containers: Dockerode.Container[] = [];
  const volumes: string[] = [];
  return {
    engine,
    prefix,
    async volume() {
      const name = `${prefix}-${volumes.length}`;
      volumes.push(name);
      await engine.createVolume({ Name: name });
      return name;
    },
    async run(body) {
      const container = await engine.createContainer({ ...body, name: `${prefix}-${containers.length}` });
      containers.push(container);
      await container.start();
      return container;
    },
    async close() {
      for (const container of containers) await container.remove({ force: true });
      for (const name of volumes) await engine.getVolume(name).remove();
    },
  };
}

/** The container's address on the network that it is in. */
export async function addressOf(container: Dockerode.Container): Promise<string> {
  const { NetworkSettings } = await container.inspect();
  const address = Object.values(NetworkSettings.Networks)[0]?.IPAddress;
  if (!address) throw new Error(`container ${container.id} has no address: is it running?`);
  return address;
}
