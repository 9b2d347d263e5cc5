import { existsSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { containerBody } from '../../support/docker-bodies.ts';
import { EngineDoubleProcess } from '../../support/engine-double/process.ts';
import { RawClient } from '../../support/raw-engine.ts';

let double: EngineDoubleProcess | null = null;

afterEach(async () => {
  await double?.close();
  double = null;
});

test('an engine double in a process of its own is steered from here and leaves nothing behind', async () => {
  double = await EngineDoubleProcess.open({ serve: false });
  const { control, socket, host } = double;
  await control.addImage('tenantry-test/image:v1');
  await control.seed({
    volumes: [{ Name: 'data', Labels: { a: 'b' } }],
    containers: Array.from({ length: 500 }, (_, index) => ({
      name: `seeded-${index}`,
      body: containerBody('tenantry-test/image:v1'),
    })),
  });
  expect(await control.containers()).toBe(500);
  const docker = connectDocker({ host });
  const listed = await docker.listContainers();
  expect(listed).toHaveLength(500);
  expect((await docker.inspectContainer('seeded-7')).State.Running).toBe(true);
  const requests = (await control.history()).filter(({ kind }) => kind === 'request');
  expect(requests).toMatchObject([
    { method: 'GET', template: '/containers/json', status: 200 },
    { method: 'GET', template: '/containers/{id}/json', path: '/containers/seeded-7/json', status: 200 },
  ]);
  await double.close();
  expect(existsSync(socket)).toBe(false);
  double = null;
});

test('an order that fails tells why', async () => {
  double = await EngineDoubleProcess.open({ serve: false });
  const container = containerBody('tenantry-test/absent:v1');
  const seeding = double.control.seed({ containers: [{ name: 'one', body: container }] });
  await expect(seeding).rejects.toThrow('No such image: tenantry-test/absent:v1');
});

test('with the latency of a real engine a removal is seen to be in progress', async () => {
  double = await EngineDoubleProcess.open({ serve: false, latency: 3 });
  await double.control.addImage('tenantry-test/image:v1');
  await double.control.seed({
    containers: [{ name: 'one', body: containerBody('tenantry-test/image:v1') }],
  });
  const raw = new RawClient(double.socket);
  const removals = await Promise.all([1, 2].map(() => raw.ask('DELETE', '/containers/one?force=1')));
  raw.close();
  expect(removals.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409]);
});
