import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBridge } from '../../../reconciler/adapters/bridge.ts';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { createProbe } from '../../../reconciler/adapters/probe.ts';
import { addressOf } from '../../../reconciler/apply/await-healthy.ts';
import type { EngineMount } from '../../../reconciler/engine-api.ts';
import { runtimeClient } from '../../deploy/images/runtime-client.ts';
import { containerBody, networkBody } from '../../support/docker-bodies.ts';
import { controlOf } from '../../support/engine-double/control.ts';
import { EngineDouble } from '../../support/engine-double/double.ts';
import { eventually } from './eventually.ts';

const image = 'tenantry-test/runtime:v1';
const sick = 'tenantry-test/runtime:v2';
const crashing = 'tenantry-test/runtime:v3';
let double: EngineDouble;
let folder: string;

beforeAll(async () => {
  double = await EngineDouble.open();
  folder = await mkdtemp(join(tmpdir(), 'tenantry-test-runtime-'));
  const control = controlOf(double);
  for (const ref of [image, sick, crashing]) await control.addImage(ref);
  await control.sicken(sick);
  await control.crash(crashing);
});
afterAll(async () => {
  await double.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a container of the engine double', () => {
  const probe = createProbe();
  const bridge = createBridge();
  let count = 0;

  /** A running container on a network of its own, with the managed files in a folder and both volumes. */
  const running = async (ref = image, more: readonly string[] = []) => {
    count += 1;
    const docker = connectDocker({ host: double.host });
    const name = `runtime-${count}`;
    const files = join(folder, name);
    await mkdir(join(files, 'prompts'), { recursive: true });
    await writeFile(join(files, 'prompts/welcome.md'), 'Hello.');
    const network = networkBody(name);
    await docker.createNetwork(network);
    const mounts: EngineMount[] = [
      { Type: 'bind', Source: files, Target: '/etc/tenantry', ReadOnly: true },
      { Type: 'volume', Source: `${name}-state`, Target: '/data/state' },
      { Type: 'volume', Source: `${name}-session`, Target: '/data/session' },
    ];
    const env = ['TENANTRY_TENANT=acme', 'BRIDGE_CONNECT_AFTER_MS=50', ...more];
    const host = { NetworkMode: name, Mounts: mounts };
    const { id } = await docker.createContainer(name, containerBody(ref, { Env: env }, host));
    await docker.startContainer(id);
    const address = addressOf(await docker.inspectContainer(id)) ?? '';
    const health = () => probe.http({ address, port: 8080, path: '/api/health' }, 2_000);
    return { docker, id, name, files, address, health, target: { address, port: 8080 } };
  };

  test('answers health requests on its own address, and refuses connections once it is stopped', async () => {
    const one = await running();
    const two = await running();
    expect(one.address).toMatch(/^127\./);
    expect(two.address).not.toBe(one.address);
    await eventually(async () => (await one.health()).healthy).toBe(true);
    await eventually(async () => (await two.health()).healthy).toBe(true);
    await one.docker.stopContainer(one.id, 5);
    expect(await one.health()).toEqual({ healthy: false, detail: 'connection refused' });
    expect((await two.health()).healthy).toBe(true);
  });

  test('holds on to the folder that it has mounted: another one in its place is seen by the next run', async () => {
    const one = await running();
    await eventually(async () => (await one.health()).healthy).toBe(true);
    const prompts = async () => {
      const address = addressOf(await one.docker.inspectContainer(one.id)) ?? '';
      const client = runtimeClient(`http://${address}:8080`);
      return client.get('/api/prompts').then(
        ({ body }) => body['prompts'],
        () => null,
      );
    };
    expect(await prompts()).toMatchObject([{ text: 'Hello.' }]);
    await rm(one.files, { recursive: true });
    await mkdir(join(one.files, 'prompts'), { recursive: true });
    await writeFile(join(one.files, 'prompts/welcome.md'), 'Good day.');
    await one.docker.signalContainer(one.id, 'SIGHUP');
    await eventually(prompts).toEqual([]);
    await one.docker.restartContainer(one.id, 1);
    await eventually(prompts).toMatchObject([{ text: 'Good day.' }]);
  });

  test('of an unhealthy image answers 503, and one of a crashing image ends with 1', async () => {
    const bad = await running(sick);
    await eventually(async () => (await bad.health()).detail).toMatch(/^HTTP 503 /);
    const { docker, id } = await running(crashing);
    expect((await docker.inspectContainer(id)).State).toMatchObject({ Status: 'exited', ExitCode: 1 });
  });

  test('serves the prompts of the mounted folder, and those that changed only after SIGHUP', async () => {
    const { docker, id, address, files, health } = await running();
    await eventually(async () => (await health()).healthy).toBe(true);
    const client = runtimeClient(`http://${address}:8080`);
    const prompt = async () => (await client.get('/api/prompts')).body['prompts'];
    expect(await prompt()).toMatchObject([{ name: 'welcome', text: 'Hello.' }]);
    await writeFile(join(files, 'prompts/welcome.md'), 'Good evening.');
    expect(await prompt()).toMatchObject([{ text: 'Hello.' }]);
    await docker.signalContainer(id, 'SIGHUP');
    await eventually(prompt).toMatchObject([{ text: 'Good evening.' }]);
  });

  test('pairs once a token, and remembers it over a restart on its session volume', async () => {
    const { docker, id, target, health } = await running();
    await eventually(async () => (await health()).healthy).toBe(true);
    await bridge.pair(target, 'one');
    await eventually(async () => (await bridge.status(target)).state).toBe('connected');
    await docker.restartContainer(id, 5);
    const address = addressOf(await docker.inspectContainer(id)) ?? '';
    const again = { address, port: 8080 };
    await eventually(() => bridge.status(again).catch(() => null)).toMatchObject({
      state: 'connected',
      lastPairing: 'one',
    });
  });

  test('that is moved before it listens answers where it is then', async () => {
    const { docker, id, name } = await running(image, ['START_DELAY_MS=300']);
    const elsewhere = `${name}-elsewhere`;
    await docker.createNetwork(networkBody(elsewhere));
    await docker.disconnectNetwork(name, id);
    await docker.connectNetwork(elsewhere, id);
    const address = addressOf(await docker.inspectContainer(id)) ?? '';
    const health = () => probe.http({ address, port: 8080, path: '/api/health' }, 2_000);
    await eventually(async () => (await health()).healthy).toBe(true);
  });

  test('that is paused takes connections and answers when it goes on', async () => {
    const { docker, id, health } = await running();
    await eventually(async () => (await health()).healthy).toBe(true);
    double.engine.containers.pause(id);
    expect((await health()).detail).toBe('no answer within 2 s');
    await docker.unpauseContainer(id);
    expect((await health()).healthy).toBe(true);
  });

  test('prints what the runtime prints', async () => {
    const { docker, id, health } = await running();
    await eventually(async () => (await health()).healthy).toBe(true);
    const signal = new AbortController().signal;
    const lines = await Array.fromAsync(docker.logs(id, { follow: false, tail: 1 }, signal));
    expect(lines).toEqual([{ stream: 'stdout', text: expect.stringMatching(/^tenant acme, version /) }]);
  });

  test('leaves a history of every request and change, in their order', async () => {
    const control = controlOf(double);
    const before = await control.seq();
    const { docker, id, name, health } = await running();
    await eventually(async () => (await health()).healthy).toBe(true);
    await docker.removeContainer(id, { force: true });
    const records = await control.history(before);
    const changes = records.flatMap((record) =>
      record.kind === 'change' && record.id === id
        ? [`${record.action} ${record.container?.healthy ?? 'gone'}`]
        : [],
    );
    expect(changes).toEqual([
      'create false',
      'start false',
      'ready true',
      'kill true',
      'die false',
      'destroy gone',
    ]);
    const requests = records.flatMap((record) =>
      record.kind === 'request' ? [`${record.method} ${record.template} ${record.status}`] : [],
    );
    expect(requests).toEqual([
      'POST /networks/create 201',
      'POST /containers/create 201',
      'POST /containers/{id}/start 204',
      'GET /containers/{id}/json 200',
      'DELETE /containers/{id} 204',
    ]);
    expect(
      records.find((record) => record.kind === 'request' && record.path === '/containers/create'),
    ).toMatchObject({
      query: { name },
      body: { Image: image },
    });
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => before + 1 + index));
  });
});
