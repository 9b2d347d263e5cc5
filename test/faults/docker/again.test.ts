import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { EngineDouble } from '../../support/engine-double/double.ts';
import { DockerBoundary } from './boundary.ts';

let folder: string;
let double: EngineDouble;
let boundary: DockerBoundary;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-again-'));
  double = await EngineDouble.open({ folder, serve: false });
  const none = async () => {};
  const hooks = {
    kill: none,
    shutdown: () => {},
    meddle: () => Promise.resolve(true),
    mask: (name: string) => name,
    delayMs: 0,
  };
  boundary = await DockerBoundary.open(join(folder, 'proxy.sock'), hooks);
});
afterAll(async () => {
  await boundary.close();
  await double.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a read that fails', () => {
  test.each([
    ['status-500', 'docker/failed', 2],
    ['status-404', 'docker/not-found', 2],
    ['reset', 'docker/unreachable', 3],
  ])('by %s fails at every ask of it, and the next read is let through', async (action, code, asks) => {
    boundary.retarget(double.socket);
    const docker = connectDocker({ host: boundary.host });
    // The connections are there and kept, as they are in the middle of a pass.
    expect(await docker.listContainers()).toEqual([]);
    expect((await docker.info()).ID).not.toBe('');
    boundary.reset();
    boundary.arm({ at: 'GET /containers/json#1', action });
    await expect(docker.listContainers()).rejects.toMatchObject({ code });
    expect(boundary.seen()).toHaveLength(asks);
    expect(await docker.listContainers()).toEqual([]);
  });
});
