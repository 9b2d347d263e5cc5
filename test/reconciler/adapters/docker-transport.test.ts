import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { engineAddress } from '../../../reconciler/adapters/docker-host.ts';
import type { EngineEvent } from '../../../reconciler/ports.ts';
import { containerBody } from '../../support/docker-bodies.ts';
import { dockerScope } from '../../support/docker-cleanup.ts';
import { ensureBusyboxImage } from '../../support/docker-image.ts';
import { type DockerProxy, openDockerProxy } from '../../support/docker-proxy.ts';
import { eventually } from './eventually.ts';

const scope = dockerScope();
let image: string;
let proxy: DockerProxy;

beforeAll(async () => {
  image = await ensureBusyboxImage();
});
beforeEach(async () => {
  proxy = await openDockerProxy();
});
afterEach(() => proxy.close());
afterAll(() => scope.cleanup());

const short = { read: 300, change: 300, stopGrace: 200 };

describe('an engine that misbehaves', () => {
  test('one that hangs on a read is left after the deadline', async () => {
    const docker = connectDocker({ host: proxy.host, deadlines: short });
    proxy.behave('hang');
    const list = docker.listContainers();
    await expect(list).rejects.toMatchObject({ code: 'docker/timeout', retry: 'backoff' });
    await expect(list).rejects.toThrow(/cannot list containers: .* did not answer within 0.3 s/);
  });

  test('one that hangs on a change is left after the deadline, and what it did is seen by reading again', async () => {
    const docker = connectDocker({ host: proxy.host, deadlines: short });
    const name = scope.name('lost-reply');
    proxy.behave('hang');
    await expect(docker.createContainer(name, containerBody(image))).rejects.toMatchObject({
      code: 'docker/timeout',
    });
    proxy.behave('pass');
    const direct = connectDocker();
    await eventually(async () => (await direct.inspectContainer(name)).State.Status).toBe('created');
  });

  test('a call that hangs does not hold up the others', async () => {
    const docker = connectDocker({ host: proxy.host });
    const { id } = await docker.createContainer(
      scope.name('slow-stop'),
      containerBody(image, { Cmd: ['sleep', '1000'] }),
    );
    await docker.startContainer(id);
    // `sleep` as the first process ignores the stop signal: the engine answers after the two seconds only.
    let stopped = false;
    const stop = docker.stopContainer(id, 2).then(() => void (stopped = true));
    await docker.listContainers();
    await docker.inspectContainer(id);
    expect(stopped).toBe(false);
    await stop;
  });

  test('stopping is given the seconds that the container may take', async () => {
    const direct = connectDocker();
    const body = containerBody(image, { Cmd: ['sleep', '1000'] });
    const { id } = await direct.createContainer(scope.name('patient'), body);
    await direct.startContainer(id);
    const hurried = connectDocker({ host: proxy.host, deadlines: { change: 50, stopGrace: 15_000 } });
    await hurried.stopContainer(id, 1);
    expect((await direct.inspectContainer(id)).State.ExitCode).toBe(137);
  });

  test('a reply that is cut anywhere is no answer', async () => {
    const docker = connectDocker({ host: proxy.host });
    for (const cut of [0, 10, 200, 400]) {
      proxy.behave({ cut });
      await expect(docker.listNetworks()).rejects.toMatchObject({
        code: 'docker/unreachable',
        retry: 'backoff',
      });
    }
  });

  test('a kept connection that has died is replaced', async () => {
    const docker = connectDocker({ host: proxy.host });
    for (let round = 0; round < 5; round += 1) {
      await docker.listContainers();
      proxy.drop();
    }
    expect(proxy.connections()).toBeGreaterThanOrEqual(5);
  });

  test('reads share a connection', async () => {
    const docker = connectDocker({ host: proxy.host });
    for (let round = 0; round < 10; round += 1) await docker.listContainers();
    expect(proxy.connections()).toBe(1);
  });

  test('one that is not there is unreachable, with the reason', async () => {
    const docker = connectDocker({ host: 'unix:///nonexistent/docker.sock' });
    const list = docker.listContainers();
    await expect(list).rejects.toMatchObject({ code: 'docker/unreachable', retry: 'backoff' });
    await expect(list).rejects.toThrow(/unix:\/\/\/nonexistent\/docker.sock .*is the engine running/);
  });

  test('events go on after the connection was cut, with a gap at each loss and each connect', async () => {
    const docker = connectDocker({ host: proxy.host });
    const direct = connectDocker();
    const abort = new AbortController();
    const events: EngineEvent[] = [];
    let gaps = 0;
    const watching = docker.watchEvents(
      (event) => void events.push(event),
      () => void (gaps += 1),
      abort.signal,
    );
    for (const round of [1, 2, 3]) {
      await expect.poll(() => gaps, { timeout: 10_000 }).toBe(2 * round - 1);
      const { id } = await direct.createContainer(scope.name(`event-${round}`), containerBody(image));
      await eventually(() => events.some((event) => event.id === id && event.action === 'create')).toBe(true);
      proxy.drop();
    }
    abort.abort();
    await watching;
  });

  test('events are waited for while the engine is away', async () => {
    proxy.behave('refuse');
    const abort = new AbortController();
    let gaps = 0;
    const watching = connectDocker({ host: proxy.host }).watchEvents(
      () => undefined,
      () => void (gaps += 1),
      abort.signal,
    );
    await expect.poll(() => proxy.connections(), { timeout: 5_000 }).toBeGreaterThan(2);
    expect(gaps).toBe(0);
    proxy.behave('pass');
    await expect.poll(() => gaps, { timeout: 10_000 }).toBe(1);
    abort.abort();
    await watching;
  });

  test('an error that a listener throws ends the watch with it', async () => {
    const broken = new Error('listener');
    const watching = connectDocker({ host: proxy.host }).watchEvents(
      () => undefined,
      () => {
        throw broken;
      },
      new AbortController().signal,
    );
    await expect(watching).rejects.toBe(broken);
  });

  test('logs that are cut say so', async () => {
    const direct = connectDocker();
    const body = containerBody(image, { Cmd: ['sh', '-c', 'echo ready; sleep 1000'] });
    const { id } = await direct.createContainer(scope.name('cut-logs'), body);
    await direct.startContainer(id);
    const docker = connectDocker({ host: proxy.host });
    const follow = async () => {
      for await (const _ of docker.logs(id, { follow: true, tail: null }, new AbortController().signal))
        proxy.drop();
    };
    await expect(follow()).rejects.toMatchObject({ code: 'docker/unreachable' });
  });
});

describe('the address of an engine', () => {
  test('is the one that is given, else DOCKER_HOST, else the default socket', () => {
    const env = { DOCKER_HOST: 'tcp://10.0.0.7:2375' };
    expect(engineAddress('unix:///run/other.sock', env).options.socketPath).toBe('/run/other.sock');
    expect(engineAddress(undefined, env).options).toMatchObject({
      host: '10.0.0.7',
      port: '2375',
      protocol: 'http',
    });
    expect(engineAddress(undefined, {}).options.socketPath).toBe('/var/run/docker.sock');
  });

  test.each(['', 'unix://', 'ssh://root@host', 'http://host', 'docker', 'tcp://'])(
    '%j names none',
    (host) => {
      const env = { DOCKER_HOST: host };
      if (host === '') expect(engineAddress(host, env).text).toBe('unix:///var/run/docker.sock');
      else expect(() => engineAddress(host, env)).toThrow(/write unix:\/\/\/path\/to\/docker.sock or tcp:/);
    },
  );

  test('over TLS wants the three files of the client', () => {
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nonexistent' };
    expect(() => engineAddress('tcp://10.0.0.7', env)).toThrow(/\/nonexistent\/ca.pem cannot be read/);
  });
});
