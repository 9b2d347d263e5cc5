import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { containerBody } from '../../support/docker-bodies.ts';
import { EngineDouble } from '../../support/engine-double/double.ts';
import { RawClient } from '../../support/raw-engine.ts';
import { DockerBoundary } from './boundary.ts';

const image = 'r/x:v1.0.0';
let dir: string;
let engine: EngineDouble;
let boundary: DockerBoundary;
let client: RawClient;
let meddles: boolean;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tenantry-test-boundary-'));
  engine = await EngineDouble.open({ folder: dir });
  engine.addImage(image);
  meddles = true;
  const socket = join(dir, 'proxy.sock');
  boundary = await DockerBoundary.open(socket, {
    kill: () => Promise.resolve(),
    shutdown: () => {},
    meddle: () => Promise.resolve(meddles),
    mask: (name) => name,
    delayMs: 0,
  });
  boundary.retarget(engine.socket);
  client = new RawClient(socket);
});
afterEach(async () => {
  client.close();
  await boundary.close();
  await engine.close();
  await rm(dir, { recursive: true, force: true });
});

const list = async (): Promise<string[]> => {
  const { body } = await client.ask('GET', '/containers/json?all=true');
  return (body as { readonly Names: readonly string[] }[]).map(({ Names }) => Names[0] ?? '');
};
const make = async (name: string) => {
  const path = `/containers/create?name=${name}`;
  expect(await client.ask('POST', path, containerBody(image))).toMatchObject({ status: 201 });
};

test('a stale list is one that is otherwise than the truth', async () => {
  expect(await list()).toEqual([]);
  await make('one');
  expect(await list()).toEqual(['/one']);
  boundary.reset();
  boundary.arm({ at: 'GET /containers/json#1', action: 'stale' });
  expect(await list()).toEqual([]);
  expect(boundary.fired()).toBe(true);
});

test('where nothing earlier differs the truth is told, and the point counts as not reached', async () => {
  await make('one');
  await list();
  boundary.reset();
  boundary.arm({ at: 'GET /containers/json#1', action: 'stale-oldest' });
  expect(await list()).toEqual(['/one']);
  expect(boundary.fired()).toBe(false);
});

test('a hand that changes nothing has not meddled', async () => {
  boundary.arm({ at: 'GET /containers/json#1', action: 'meddle-stop' });
  meddles = false;
  await list();
  expect(boundary.fired()).toBe(false);
  boundary.reset();
  boundary.arm({ at: 'GET /containers/json#1', action: 'meddle-stop' });
  meddles = true;
  await list();
  expect(boundary.fired()).toBe(true);
});

test('after a fault calls are counted from one again, for the fault that follows it', async () => {
  await list();
  boundary.reset();
  boundary.arm({ at: 'GET /containers/json#2', action: 'meddle-stop' });
  for (let look = 0; look < 4; look += 1) await list();
  expect(boundary.seenAfter()).toEqual(['GET /containers/json#1', 'GET /containers/json#2']);
});

test('what is blind to a container is so whoever asks, for it alone, until the fault is taken away', async () => {
  await make('one');
  await make('other');
  const look = async (name: string): Promise<number> =>
    (await client.ask('GET', `/containers/${name}/json`)).status;
  boundary.reset();
  boundary.arm({ at: 'GET /containers/{id}/json one#2', action: 'blind-500' });
  expect(await look('one')).toBe(200);
  for (let ask = 0; ask < 4; ask += 1) {
    expect(await look('one')).toBe(500);
    expect(await look('other')).toBe(200);
  }
  expect(boundary.fired()).toBe(true);
  boundary.arm(null);
  expect(await look('one')).toBe(200);
});

test('what is stuck is not done, whoever asks and however often, and nothing else is, until the fault is taken away', async () => {
  await make('one');
  await make('other');
  const ask = async (name: string, what: string): Promise<number> =>
    (await client.ask('POST', `/containers/${name}/${what}`)).status;
  boundary.reset();
  boundary.arm({ at: 'POST /containers/{id}/start one#1', action: 'stuck-500' });
  for (let time = 0; time < 3; time += 1) expect(await ask('one', 'start')).toBe(500);
  expect(await ask('other', 'start')).toBe(204);
  expect(await ask('one', 'rename?name=two')).toBe(204);
  boundary.arm({ at: 'POST /containers/{id}/start two#1', action: 'stuck-hang' });
  const hanging = ask('two', 'start').catch(() => 0);
  await expect.poll(() => boundary.fired()).toBe(true);
  boundary.arm(null);
  expect(await hanging).toBe(0);
  expect(await ask('two', 'start')).toBe(204);
});
