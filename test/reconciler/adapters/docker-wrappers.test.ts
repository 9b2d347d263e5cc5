import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { countCalls } from '../../../reconciler/adapters/docker-count.ts';
import { limitParallel } from '../../../reconciler/adapters/docker-limit.ts';
import { wrapCalls } from '../../../reconciler/adapters/docker-wrap.ts';
import type { Docker } from '../../../reconciler/ports.ts';
import { containerBody } from '../../support/docker-bodies.ts';
import { dockerScope } from '../../support/docker-cleanup.ts';
import { ensureBusyboxImage } from '../../support/docker-image.ts';

const scope = dockerScope();
const docker = connectDocker();
let image: string;

beforeAll(async () => {
  image = await ensureBusyboxImage();
});
afterAll(() => scope.cleanup());

test('reads are no mutations, and a change that fails is one', async () => {
  const counted = countCalls(docker);
  await counted.info();
  await counted.listContainers();
  await counted.listNetworks();
  await counted.listVolumes();
  await counted.inspectImage(image);
  expect(counted.stats()).toEqual({ reads: 5, mutations: 0 });
  const { id } = await counted.createContainer(scope.name('counted'), containerBody(image));
  await counted.inspectContainer(id);
  await counted.startContainer(id);
  await counted.removeContainer(id, { force: true });
  await expect(counted.startContainer(id)).rejects.toMatchObject({ code: 'docker/not-found' });
  expect(counted.stats()).toEqual({ reads: 6, mutations: 4 });
});

test('no more starts and creates run at a time than allowed, and all of them run', async () => {
  const active = new Map<keyof Docker, number>();
  const most = new Map<keyof Docker, number>();
  const watched = wrapCalls(docker, async (verb, call) => {
    active.set(verb, (active.get(verb) ?? 0) + 1);
    most.set(verb, Math.max(most.get(verb) ?? 0, active.get(verb) ?? 0));
    try {
      return await call();
    } finally {
      active.set(verb, (active.get(verb) ?? 0) - 1);
    }
  });
  const limited = limitParallel(watched, { create: 3, start: 2, remove: 2 });
  const names = Array.from({ length: 8 }, (_, index) => scope.name(`limited-${index}`));
  const ids = await Promise.all(
    names.map(async (name) => (await limited.createContainer(name, containerBody(image))).id),
  );
  await Promise.all(ids.map((id) => limited.startContainer(id)));
  const inspects = await Promise.all(ids.map((id) => limited.inspectContainer(id)));
  expect(inspects.every(({ State }) => State.Running)).toBe(true);
  await Promise.all(ids.map((id) => limited.removeContainer(id, { force: true })));
  expect(most.get('createContainer')).toBe(3);
  expect(most.get('startContainer')).toBe(2);
  expect(most.get('removeContainer')).toBe(2);
});

test('a call that waits its turn and fails frees its place', async () => {
  const limited = limitParallel(docker, { start: 1 });
  const attempts = Array.from({ length: 5 }, () => limited.startContainer(scope.name('absent')));
  for (const attempt of await Promise.allSettled(attempts)) expect(attempt.status).toBe('rejected');
});

test('INV-14: changes that hang keep their places for a moment only, and all others come to their turn', async () => {
  const hanging = Promise.withResolvers<void>();
  const begun: string[] = [];
  const startContainer = async (id: string): Promise<void> => {
    begun.push(id);
    if (id.startsWith('hung')) await hanging.promise;
  };
  const limited = limitParallel({ ...docker, startContainer }, { start: 2, patience: 20 });
  const hung = [1, 2, 3, 4, 5].map((number) => limited.startContainer(`hung-${number}`));
  await limited.startContainer('acme');
  expect(begun).toEqual(['hung-1', 'hung-2', 'hung-3', 'hung-4', 'hung-5', 'acme']);
  hanging.reject(new Error('no answer within 60 s'));
  for (const { status } of await Promise.allSettled(hung)) expect(status).toBe('rejected');
});

test('a pull that was aborted while it waited is not made', async () => {
  const counted = countCalls(docker);
  const limited = limitParallel(counted, { pull: 1 });
  const signal = AbortSignal.abort(new Error('shutting down'));
  await expect(limited.pullImage('127.0.0.1:1/absent:v1', () => undefined, signal)).rejects.toThrow(
    'shutting down',
  );
  expect(counted.stats().mutations).toBe(0);
});
