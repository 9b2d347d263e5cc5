import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { limitParallel } from '../../../reconciler/adapters/docker-limit.ts';
import { progressMeter } from '../../../reconciler/adapters/pull-queue.ts';
import type { Docker } from '../../../reconciler/ports.ts';
import { EngineDouble } from '../../support/engine-double/double.ts';

describe('pulls that hang', () => {
  let double: EngineDouble;
  let shutdown: AbortController;
  /** Which pulls began and ended, in order. */
  let log: string[];
  const pulls: Promise<unknown>[] = [];

  beforeEach(async () => {
    double = await EngineDouble.open({ serve: false });
    shutdown = new AbortController();
    log = [];
  });
  afterEach(async () => {
    shutdown.abort(new Error('the test is over'));
    await Promise.allSettled(pulls.splice(0));
    await double.close();
  });

  const limited = (pull: number, pullPatience: number): Docker =>
    limitParallel(connectDocker({ host: double.host }), { pull, pullPatience });

  function offer(ref: string, hangs = false): string {
    const { world } = double.engine;
    world.registry.add(ref);
    if (hangs) world.hanging.add(ref);
    return ref;
  }

  function pull(docker: Docker, ref: string): Promise<void> {
    let begun = false;
    const note = (): void => {
      if (!begun) log.push(`${ref} begins`);
      begun = true;
    };
    const work = docker.pullImage(ref, note, shutdown.signal).finally(() => log.push(`${ref} ends`));
    pulls.push(work);
    // What hangs is ended after the test, and its failure is no news then.
    work.catch(() => undefined);
    return work;
  }

  test('give their places to others, and go on', async () => {
    const docker = limited(3, 50);
    const hanging = ['one', 'two', 'three'].map((name) => offer(`hanging.example.com/${name}:v1.0.0`, true));
    for (const ref of hanging) void pull(docker, ref);
    const ref = offer('registry.example.com/runtime:v1.0.0');
    await pull(docker, ref);
    expect(log).toEqual([...hanging.map((each) => `${each} begins`), `${ref} begins`, `${ref} ends`]);
  });

  test('of one registry do not go before the only one of another', async () => {
    const docker = limited(1, 50);
    const hanging = Array.from({ length: 5 }, (_, index) =>
      offer(`hanging.example.com/runtime:v1.0.${index}`, true),
    );
    for (const ref of hanging) void pull(docker, ref);
    const ref = offer('registry.example.com/runtime:v1.0.0');
    await pull(docker, ref);
    expect(log).toEqual([`${hanging[0]} begins`, `${ref} begins`, `${ref} ends`]);
  });

  test('are the only ones that go beyond their places; one that failed gave its place back', async () => {
    let now = 0;
    let most = 0;
    const engine = connectDocker({ host: double.host });
    const pullImage: Docker['pullImage'] = async (...args) => {
      now += 1;
      most = Math.max(most, now);
      await engine.pullImage(...args).finally(() => {
        now -= 1;
      });
    };
    const docker = limitParallel({ ...engine, pullImage }, { pull: 2, pullPatience: 60_000 });
    const failing = offer('registry.example.com/broken:v1.0.0');
    double.engine.world.broken.set(failing, 'unexpected EOF');
    await expect(pull(docker, failing)).rejects.toThrow('unexpected EOF');
    const refs = Array.from({ length: 8 }, (_, index) => offer(`registry.example.com/runtime:v1.0.${index}`));
    await Promise.all(refs.map((ref) => pull(docker, ref)));
    expect(most).toBe(2);
  });
});

test('a countdown, what is said again, and a drip are no progress', () => {
  const moved = progressMeter();
  const line = (status: string, current: number | null = null) =>
    moved({ ref: 'runtime:v1', layer: '4f2c', status, current, total: null });
  expect(line('Pulling fs layer')).toBe(true);
  expect(line('Pulling fs layer')).toBe(false);
  expect(line('Retrying in 5 seconds')).toBe(false);
  expect(line('Retrying in 4 seconds')).toBe(false);
  expect(line('Downloading', 1_000)).toBe(true);
  expect(line('Downloading', 2_000)).toBe(false);
  expect(line('Downloading', 1_000_000)).toBe(true);
  expect(line('Downloading', 1_000_001)).toBe(false);
  expect(line('Download complete')).toBe(true);
});
