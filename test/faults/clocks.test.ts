import { beforeEach, describe, expect, test } from 'vitest';
import { desiredState, tenant } from '../support/desired.ts';
import { Sandbox } from '../support/sandbox.ts';

const day = 24 * 3_600_000;
const desired = desiredState([
  tenant('acme', { restart: '1', whatsapp: { enabled: true, pairing: '1', disconnect: '', port: 8080 } }),
  tenant('bad', { image: 'registry.example.com/runtime:v9.9.9' }),
  tenant('globex'),
]);

let world: Sandbox;

beforeEach(async () => {
  world = new Sandbox();
  world.commit(desired);
  await world.converge();
  expect(world.takeCalls()).toContain('pullImage registry.example.com/runtime:v9.9.9');
  world.bridge.asked.length = 0;
});

describe('INV-17: clocks jump', () => {
  test.each([
    ['a day ahead', day],
    ['a day back', -day],
  ])('%s: nothing is changed, also by a process that begins then', async (_, jump) => {
    for (let round = 0; round < 5; round += 1) {
      world.clock.time += jump;
      await world.converge();
      expect(world.takeCalls().filter((call) => !call.startsWith('pullImage'))).toEqual([]);
      world.restart();
      await world.converge();
      world.clock.time -= jump;
      await world.converge();
    }
    // The tenant that fails is tried by each new process, and its new container never was begun.
    expect(world.takeCalls().filter((call) => !call.startsWith('pullImage'))).toEqual([]);
    expect(world.bridge.asked).toEqual([]);
  });

  test('a tenant that waits after a failure waits no less and no longer', async () => {
    world.clock.time += day;
    await world.converge();
    world.clock.time -= 2 * day;
    await world.converge();
    expect(world.takeCalls()).toEqual([]);
    await world.clock.sleep(1_000);
    await world.converge();
    expect(world.takeCalls()).toEqual(['pullImage registry.example.com/runtime:v9.9.9']);
  });
});
