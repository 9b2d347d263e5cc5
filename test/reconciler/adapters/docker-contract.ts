import { beforeAll, describe, expect, test } from 'vitest';
import type { ContainerCreateBody, ContainerInspect } from '../../../reconciler/engine-api.ts';
import type { ContainerFilter, Docker, EngineEvent } from '../../../reconciler/ports.ts';
import { containerBody, networkBody } from '../../support/docker-bodies.ts';
import { eventually } from './eventually.ts';

export interface ContractEngine {
  readonly docker: Docker;
  /** An image that is on the engine and whose command runs until it is told to end. */
  readonly image: string;
  /** An image and a command that ends at once with an error. */
  readonly crashing: Pick<ContainerCreateBody, 'Image' | 'Cmd'>;
  /** Ends a container's process as a crash does: nobody has asked the engine for it. */
  readonly crash: (id: string) => Promise<void>;
  /** Begins every name that the suite gives, so that the caller can remove what it made. */
  readonly prefix: string;
}

/**
 * What the rest of the reconciler relies on in an engine, real or double: run by each implementation's own test file,
 * which also cleans up.
 */
export function dockerContract(name: string, makeEngine: () => Promise<ContractEngine>): void {
  describe(`${name} keeps the Docker contract`, () => {
    let docker: Docker;
    let image: string;
    let crashing: ContractEngine['crashing'];
    let crash: ContractEngine['crash'];
    let prefix: string;
    let count = 0;
    beforeAll(async () => {
      ({ docker, image, crashing, crash, prefix } = await makeEngine());
    });
    const fresh = () => `${prefix}-contract-${(count += 1)}`;
    const create = async (containerName = fresh()) => {
      const { id } = await docker.createContainer(containerName, containerBody(image));
      return id;
    };
    const running = async (containerName = fresh()) => {
      const id = await create(containerName);
      await docker.startContainer(id);
      return id;
    };
    const find = async (id: string) => (await docker.listContainers()).find((one) => one.Id === id);
    /** What stays the same as long as nobody restarts it. */
    const run = ({ Id, State }: ContainerInspect) => ({ Id, StartedAt: State.StartedAt });

    test('the engine tells its id, version and an API version of 1.41 or newer', async () => {
      const info = await docker.info();
      expect(info.ID).not.toBe('');
      expect(info.ServerVersion).not.toBe('');
      const [major = 0, minor = 0] = info.ApiVersion.split('.').map(Number);
      expect(major * 1000 + minor).toBeGreaterThanOrEqual(1041);
    });

    test('a created container is listed and inspected with what was asked for', async () => {
      const containerName = fresh();
      const id = await create(containerName);
      expect(await find(id)).toMatchObject({
        Names: [`/${containerName}`],
        Image: image,
        State: 'created',
        Labels: { 'dev.tenantry.test': 'yes' },
      });
      const inspect = await docker.inspectContainer(id);
      expect(inspect).toMatchObject({ Id: id, Name: `/${containerName}`, RestartCount: 0 });
      expect(inspect.State).toMatchObject({ Status: 'created', Running: false, Pid: 0 });
      expect(inspect.Config.Env).toContain('LEVEL=info');
      expect(inspect.HostConfig).toMatchObject({
        Memory: 32 * 1024 * 1024,
        NanoCpus: 500_000_000,
        PidsLimit: 32,
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      });
    });

    test('an inspect whose answer the caller has is told short, until something changes', async () => {
      const id = await create();
      const first = await docker.inspectContainerUnless(id, null);
      expect(first.inspect).toMatchObject({ Id: id });
      expect(first.digest).not.toBeNull();
      expect(await docker.inspectContainerUnless(id, first.digest)).toEqual({
        digest: first.digest,
        inspect: null,
      });
      await docker.updateContainer(id, { PidsLimit: 33 });
      const second = await docker.inspectContainerUnless(id, first.digest);
      expect(second.inspect?.HostConfig.PidsLimit).toBe(33);
      expect(second.digest).not.toBe(first.digest);
      const absent = docker.inspectContainerUnless(`${prefix}-absent`, null);
      await expect(absent).rejects.toMatchObject({ code: 'docker/not-found' });
    });

    test('containers are listed by all of their labels', async () => {
      const id = await create(fresh());
      const ids = async (only: ContainerFilter) => (await docker.listContainers(only)).map(({ Id }) => Id);
      expect(await ids({ labels: ['dev.tenantry.test=yes'] })).toContain(id);
      expect(await ids({ labels: ['dev.tenantry.test=yes', 'dev.tenantry.test=no'] })).toEqual([]);
      expect(await ids({ labels: ['dev.tenantry.test=ye'] })).not.toContain(id);
    });

    test('a container can be named by its name in place of its id', async () => {
      const containerName = fresh();
      const id = await create(containerName);
      expect((await docker.inspectContainer(containerName)).Id).toBe(id);
    });

    test('a name that is taken is a conflict', async () => {
      const containerName = fresh();
      await create(containerName);
      await expect(create(containerName)).rejects.toMatchObject({
        code: 'docker/conflict',
        retry: 'backoff',
      });
    });

    test('a container of an image that is not there is not found', async () => {
      const body = containerBody('tenantry-test/absent:v0');
      const attempt = docker.createContainer(fresh(), body);
      await expect(attempt).rejects.toMatchObject({ code: 'docker/not-found' });
    });

    test('what does not exist is not found, whatever is asked of it', async () => {
      const absent = `${prefix}-absent`;
      const attempts = [
        docker.inspectContainer(absent),
        docker.startContainer(absent),
        docker.stopContainer(absent, 1),
        docker.restartContainer(absent, 1),
        docker.renameContainer(absent, fresh()),
        docker.updateContainer(absent, { Memory: 33_554_432 }),
        docker.signalContainer(absent, 'SIGHUP'),
        docker.connectNetwork(absent, absent),
      ];
      for (const attempt of await Promise.allSettled(attempts)) {
        expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'docker/not-found' } });
      }
    });

    test('starting twice is one start', async () => {
      const id = await running();
      const before = await docker.inspectContainer(id);
      expect(before.State).toMatchObject({ Status: 'running', Running: true });
      expect(before.State.Pid).toBeGreaterThan(0);
      await docker.startContainer(id);
      expect(run(await docker.inspectContainer(id))).toEqual(run(before));
    });

    test('stopping twice is one stop, and the container stays', async () => {
      const id = await running();
      await docker.stopContainer(id, 5);
      const stopped = await docker.inspectContainer(id);
      expect(stopped.State).toMatchObject({ Status: 'exited', Running: false });
      await docker.stopContainer(id, 5);
      expect((await docker.inspectContainer(id)).State.FinishedAt).toBe(stopped.State.FinishedAt);
      expect((await find(id))?.State).toBe('exited');
    });

    test('a restart keeps the container and begins a new run', async () => {
      const id = await running();
      const before = await docker.inspectContainer(id);
      await docker.restartContainer(id, 5);
      const after = await docker.inspectContainer(id);
      expect(after.Id).toBe(id);
      expect(after.State.Running).toBe(true);
      expect(after.State.StartedAt).not.toBe(before.State.StartedAt);
    });

    test('removing what is gone already succeeds', async () => {
      const id = await create();
      await docker.removeContainer(id, { force: false });
      expect(await find(id)).toBeUndefined();
      await docker.removeContainer(id, { force: false });
    });

    test('a running container is only removed by force', async () => {
      const id = await running();
      const attempt = docker.removeContainer(id, { force: false });
      await expect(attempt).rejects.toMatchObject({ code: 'docker/conflict' });
      expect((await find(id))?.State).toBe('running');
      await docker.removeContainer(id, { force: true });
      expect(await find(id)).toBeUndefined();
    });

    test('renaming keeps the run, and a taken name is a conflict', async () => {
      const id = await running();
      const before = await docker.inspectContainer(id);
      const [renamed, taken] = [fresh(), fresh()];
      await docker.renameContainer(id, renamed);
      const after = await docker.inspectContainer(id);
      expect(after.Name).toBe(`/${renamed}`);
      expect(run(after)).toEqual(run(before));
      await create(taken);
      const attempt = docker.renameContainer(id, taken);
      await expect(attempt).rejects.toMatchObject({ code: 'docker/conflict' });
    });

    test('limits and the restart policy are updated in place', async () => {
      const id = await running();
      const before = await docker.inspectContainer(id);
      const Memory = 48 * 1024 * 1024;
      const RestartPolicy = { Name: 'unless-stopped', MaximumRetryCount: 0 };
      await docker.updateContainer(id, {
        Memory,
        MemorySwap: Memory * 2,
        NanoCpus: 250_000_000,
        PidsLimit: 64,
        RestartPolicy,
      });
      const after = await docker.inspectContainer(id);
      expect(after.HostConfig).toMatchObject({ Memory, NanoCpus: 250_000_000, PidsLimit: 64, RestartPolicy });
      expect(run(after)).toEqual(run(before));
    });

    test('a kill signal ends the run, and a stopped container takes no signal', async () => {
      const id = await running();
      await docker.signalContainer(id, 'SIGKILL');
      await eventually(async () => (await docker.inspectContainer(id)).State.Status).toBe('exited');
      expect((await docker.inspectContainer(id)).State.ExitCode).toBe(137);
      await expect(docker.signalContainer(id, 'SIGHUP')).rejects.toMatchObject({ code: 'docker/conflict' });
    });

    describe.each(['always', 'unless-stopped'])('under the policy %s', (Name) => {
      const kept = { RestartPolicy: { Name, MaximumRetryCount: 0 } };

      test('a container that ends by itself is begun again, and never seen as exited', async () => {
        const { id } = await docker.createContainer(fresh(), containerBody(image, crashing, kept));
        await docker.startContainer(id);
        const seen = new Set<string>();
        const look = async () => {
          const { State, RestartCount } = await docker.inspectContainer(id);
          seen.add(State.Status);
          // What is counted is the restart that is due.
          if (State.Restarting) expect(RestartCount).toBeGreaterThan(0);
          return RestartCount;
        };
        await eventually(look).toBeGreaterThanOrEqual(3);
        expect([...seen].filter((status) => !['running', 'restarting'].includes(status))).toEqual([]);
      });

      test.each<[string, (id: string) => Promise<void>]>([
        ['stopped', (id) => docker.stopContainer(id, 1)],
        ['killed', (id) => docker.signalContainer(id, 'SIGKILL')],
        ['told to end', (id) => docker.signalContainer(id, 'SIGTERM')],
      ])('one that another hand has %s is exited, without an error', async (_, end) => {
        const { id } = await docker.createContainer(fresh(), containerBody(image, {}, kept));
        await docker.startContainer(id);
        await end(id);
        const inspect = () => docker.inspectContainer(id);
        await eventually(async () => (await inspect()).State.Status).toBe('exited');
        expect(await inspect()).toMatchObject({
          RestartCount: 0,
          State: { Running: false, Restarting: false, Error: '' },
        });
      });

      test('a signal that is sent through the engine counts as a stop: the next crash is the last, until it is started', async () => {
        const { id } = await docker.createContainer(fresh(), containerBody(image, {}, kept));
        await docker.startContainer(id);
        await docker.signalContainer(id, 'SIGHUP');
        expect((await docker.inspectContainer(id)).State.Status).toBe('running');
        await crash(id);
        const state = async () => (await docker.inspectContainer(id)).State;
        await eventually(state).toMatchObject({ Status: 'exited', Error: '' });
        await docker.startContainer(id);
        await crash(id);
        await eventually(async () => (await docker.inspectContainer(id)).RestartCount).toBe(1);
      });

      test('one that is stopped between two restarts is exited, and its restarts count until it is started', async () => {
        const { id } = await docker.createContainer(fresh(), containerBody(image, crashing, kept));
        await docker.startContainer(id);
        const restarts = async () => (await docker.inspectContainer(id)).RestartCount;
        await eventually(restarts).toBeGreaterThanOrEqual(4);
        await docker.stopContainer(id, 1);
        expect((await docker.inspectContainer(id)).State).toMatchObject({ Status: 'exited', Error: '' });
        expect(await restarts()).toBeGreaterThanOrEqual(4);
        await docker.startContainer(id);
        expect(await restarts()).toBeLessThan(4);
      });
    });

    test('containers join and leave networks, and a network in use stays', async () => {
      const networkName = fresh();
      const body = networkBody(networkName);
      const { id: network } = await docker.createNetwork(body);
      expect((await docker.listNetworks()).find((one) => one.Id === network)).toMatchObject({
        Name: networkName,
        Driver: 'bridge',
        IPAM: { Config: body.IPAM.Config },
        Options: body.Options,
        Labels: body.Labels,
      });
      const containerBodyInNetwork = containerBody(image, {}, { NetworkMode: networkName });
      const { id } = await docker.createContainer(fresh(), containerBodyInNetwork);
      await docker.startContainer(id);
      const joined = async () =>
        Object.keys((await docker.inspectContainer(id)).NetworkSettings.Networks ?? {});
      expect(await joined()).toEqual([networkName]);
      await expect(docker.removeNetwork(network)).rejects.toMatchObject({ code: 'docker/conflict' });
      const again = docker.connectNetwork(network, id);
      await expect(again).rejects.toMatchObject({ code: 'docker/conflict' });
      const addresses = async () =>
        Object.values((await docker.inspectContainer(id)).NetworkSettings.Networks ?? {}).map(
          ({ IPAddress }) => IPAddress,
        );
      expect(await addresses()).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/)]);
      await docker.disconnectNetwork(network, id);
      expect(await joined()).toEqual([]);
      // Without an address and running all the same: a state that only another hand brings about.
      expect(await addresses()).toEqual([]);
      expect((await docker.inspectContainer(id)).State.Status).toBe('running');
      await docker.connectNetwork(network, id);
      expect(await joined()).toEqual([networkName]);
      await docker.removeContainer(id, { force: true });
      await docker.removeNetwork(network);
      await docker.removeNetwork(network);
      expect((await docker.listNetworks()).some((one) => one.Id === network)).toBe(false);
    });

    test('a container that does not run knows its network by id, until it is connected to the one of that name', async () => {
      const networkName = fresh();
      const { id: first } = await docker.createNetwork(networkBody(networkName));
      const { id } = await docker.createContainer(
        fresh(),
        containerBody(image, {}, { NetworkMode: networkName }),
      );
      const networkIds = async () =>
        Object.values((await docker.inspectContainer(id)).NetworkSettings.Networks ?? {}).map(
          ({ NetworkID }) => NetworkID,
        );
      expect(await networkIds()).toEqual(['']);
      await docker.startContainer(id);
      await docker.stopContainer(id, 1);
      await docker.removeNetwork(first);
      const { id: second } = await docker.createNetwork(networkBody(networkName));
      expect(await networkIds()).toEqual([first]);
      await expect(docker.startContainer(id)).rejects.toMatchObject({ code: 'docker/not-found' });
      await docker.connectNetwork(second, id);
      expect(await networkIds()).toEqual(['']);
      await docker.startContainer(id);
      expect(await networkIds()).toEqual([second]);
      await docker.removeContainer(id, { force: true });
      await docker.removeNetwork(second);
    });

    test('two networks of one name are a conflict', async () => {
      const networkName = fresh();
      await docker.createNetwork(networkBody(networkName));
      const attempt = docker.createNetwork(networkBody(networkName));
      await expect(attempt).rejects.toMatchObject({ code: 'docker/conflict' });
    });

    test('creating a volume that exists answers the one that is there, with its own labels', async () => {
      const Name = fresh();
      await docker.createVolume({ Name, Driver: 'local', Labels: { owner: 'first' } });
      const second = await docker.createVolume({ Name, Driver: 'local', Labels: { owner: 'second' } });
      expect(second).toMatchObject({ Name, Driver: 'local', Labels: { owner: 'first' } });
      expect((await docker.listVolumes()).filter((one) => one.Name === Name)).toHaveLength(1);
      expect(await docker.inspectVolume(Name)).toMatchObject({ Name, Driver: 'local' });
      expect(await docker.inspectVolume(`${Name}-absent`)).toBeNull();
    });

    test('a volume outlives the container that used it', async () => {
      const Name = fresh();
      const mount = { Type: 'volume', Source: Name, Target: '/data' } as const;
      const { id } = await docker.createContainer(fresh(), containerBody(image, {}, { Mounts: [mount] }));
      await docker.startContainer(id);
      await docker.removeContainer(id, { force: true });
      expect((await docker.listVolumes()).some((one) => one.Name === Name)).toBe(true);
    });

    test('an image that is there is inspected, one that is not is null', async () => {
      const inspect = await docker.inspectImage(image);
      expect(inspect?.RepoTags).toContain(image);
      expect((await docker.inspectImage(inspect?.Id ?? ''))?.Id).toBe(inspect?.Id);
      expect(await docker.inspectImage('tenantry-test/absent:v0')).toBeNull();
    });

    test('events tell what happened to which container, after a first gap', async () => {
      const abort = new AbortController();
      const events: EngineEvent[] = [];
      let gaps = 0;
      const watching = docker.watchEvents(
        (event) => void events.push(event),
        () => void (gaps += 1),
        abort.signal,
      );
      await eventually(() => gaps).toBe(1);
      const containerName = fresh();
      const id = await running(containerName);
      await docker.signalContainer(id, 'SIGKILL');
      await eventually(async () => (await docker.inspectContainer(id)).State.Status).toBe('exited');
      await docker.removeContainer(id, { force: false });
      const actions = () =>
        events.filter((event) => event.id === id && event.type === 'container').map((event) => event.action);
      await eventually(actions).toEqual(['create', 'start', 'kill', 'die', 'destroy']);
      const die = events.find((event) => event.id === id && event.action === 'die');
      expect(die).toMatchObject({ name: containerName, attributes: { exitCode: '137' } });
      expect(Math.abs((die?.time ?? 0) - Date.now())).toBeLessThan(60_000);
      abort.abort();
      await watching;
    });

    test('an event of a network carries the id of the container that left it', async () => {
      const abort = new AbortController();
      const events: EngineEvent[] = [];
      let gaps = 0;
      const watching = docker.watchEvents(
        (event) => void events.push(event),
        () => void (gaps += 1),
        abort.signal,
      );
      await eventually(() => gaps).toBe(1);
      const networkName = fresh();
      const { id: network } = await docker.createNetwork(networkBody(networkName));
      const body = containerBody(image, {}, { NetworkMode: networkName });
      const { id } = await docker.createContainer(fresh(), body);
      await docker.startContainer(id);
      await docker.disconnectNetwork(network, id);
      const left = () =>
        events.find(
          ({ action, attributes }) => action === 'disconnect' && attributes['name'] === networkName,
        );
      await eventually(left).toMatchObject({
        type: 'network',
        id,
        name: null,
        attributes: { container: id },
      });
      abort.abort();
      await watching;
    });

    test('logs of a container that is not there are not found', async () => {
      const lines = docker.logs(
        `${prefix}-absent`,
        { follow: false, tail: null },
        new AbortController().signal,
      );
      await expect(Array.fromAsync(lines)).rejects.toMatchObject({ code: 'docker/not-found' });
    });
  });
}
