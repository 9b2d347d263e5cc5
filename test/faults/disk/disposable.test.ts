import { mkdtemp, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DesiredState } from '../../../desired-state/model.ts';
import { type Damage as Found, openState } from '../../../reconciler/adapters/state.ts';
import { desiredState, tenant } from '../../support/desired.ts';
import { Sandbox } from '../../support/sandbox.ts';
import { randomFrom } from '../campaign/random.ts';
import { damageState, describeDamage, someDamage, stateFiles } from './damage.ts';

/** Two revisions between which one tenant gets a new container, one new files, one new limits, one new tokens. */
const revisions = (['a', 'b'] as const).map((name, index): DesiredState => {
  const prompts = { greeting: { text: `Hello ${name}.`, description: '', path: 'greeting.yaml' } };
  const memoryBytes = 268_435_456 * (index + 1);
  return desiredState(
    [
      tenant('container', { env: { LOG_LEVEL: name } }),
      tenant('files', { prompts }),
      tenant('limits', { resources: { memoryBytes, nanoCpus: 500_000_000, pids: 256 } }),
      tenant('tokens', {
        restart: name,
        whatsapp: { enabled: true, pairing: `pair-${name}`, disconnect: `leave-${name}`, port: 8080 },
      }),
      tenant('neighbour'),
    ],
    name.repeat(40),
  );
});

let dir: string;
let world: Sandbox;
let noticed: Found[];

beforeEach(async () => {
  // In memory: thousands of syncs of a disk are not what this is about.
  dir = await mkdtemp('/dev/shm/tenantry-test-disposable-');
  noticed = [];
  world = new Sandbox({ store: openState(dir, (damage) => noticed.push(damage)) });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Another process takes over, for that revision. Answers what it changed, and what the runtimes were asked. */
async function takeOver(revision: DesiredState | undefined): Promise<{ calls: string[]; asked: string[] }> {
  if (revision === undefined) throw new Error('no such revision');
  world.commit(revision);
  await world.converge();
  await world.status();
  await world.stop();
  return { calls: world.takeCalls().sort(), asked: world.bridge.asked.splice(0).sort() };
}

/** Damages one of the files. Answers how. */
async function damageSome(random: () => number): Promise<string> {
  const files = Object.entries(await stateFiles(dir));
  const damage = someDamage(random, Object.fromEntries(files.map(([name, { length }]) => [name, length])));
  await damageState(dir, damage);
  return describeDamage(damage);
}

describe('INV-19: local state is disposable', () => {
  test('1,000 flipped bits and lost ends: rebuilt, and no call is made that would not have been', async () => {
    const [a, b] = revisions;
    await takeOver(a);
    const [toB, toA, still] = [await takeOver(b), await takeOver(a), await takeOver(a)];
    expect(toB.calls.length).toBeGreaterThan(5);
    expect(toB.asked).toEqual(['disconnect leave-b', 'pair pair-b']);
    expect(still).toEqual({ calls: [], asked: [] });
    const random = randomFrom(19);
    for (let damages = 0; damages < 1_000; ) {
      // Half of the time nothing is wanted but what is there: then nothing at all may happen.
      const steps = random() < 0.5 ? [[a, still] as const] : [[b, toB] as const, [a, toA] as const];
      for (const [revision, expected] of steps) {
        const damage = await damageSome(random);
        damages += 1;
        expect(await takeOver(revision), `${damages}: ${damage}`).toEqual(expected);
      }
    }
    expect(noticed.length).toBeGreaterThan(500);
  }, 120_000);

  test('without any of it a node stays as it is, and follows the next revision', async () => {
    const [a, b] = revisions;
    await takeOver(a);
    await rm(dir, { recursive: true });
    expect(await takeOver(a)).toEqual({ calls: [], asked: [] });
    await rm(dir, { recursive: true });
    expect((await takeOver(b)).asked).toEqual(['disconnect leave-b', 'pair pair-b']);
    expect(await takeOver(b)).toEqual({ calls: [], asked: [] });
  });
});
