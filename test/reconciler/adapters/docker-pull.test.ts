import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { parseProgress } from '../../../reconciler/adapters/docker-pull.ts';
import type { PullProgress } from '../../../reconciler/ports.ts';
import { dockerScope } from '../../support/docker-cleanup.ts';
import { busyboxTar } from '../../support/docker-image.ts';
import { openRegistry, type TestRegistry } from '../../support/docker-registry.ts';

const scope = dockerScope();
const docker = connectDocker();
const never = new AbortController().signal;
let folder: string;
let layer: Uint8Array;
let registry: TestRegistry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-test-pull-'));
  layer = await readFile(await busyboxTar(folder));
});
beforeEach(async () => {
  registry = await openRegistry();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await registry.close();
});
afterAll(async () => {
  await scope.cleanup();
  await rm(folder, { recursive: true, force: true });
});

const publish = (repository: string) => {
  // A first byte of its own keeps the engine from having the layer already.
  const own = Buffer.concat([layer, Buffer.alloc(512, repository)]);
  const refs = registry.publish(repository, 'v1.0.0', own, { Cmd: ['sh'], Labels: { repository } });
  scope.image(refs.byTag);
  scope.image(refs.byDigest);
  return refs;
};

describe('pulling from a real registry', () => {
  test('an image is pulled by its tag, with progress of its layers', async () => {
    const { byTag } = publish('tagged');
    const seen: PullProgress[] = [];
    await docker.pullImage(byTag, (progress) => void seen.push(progress), never);
    expect((await docker.inspectImage(byTag))?.Config?.Labels).toEqual({ repository: 'tagged' });
    expect(seen.every(({ ref }) => ref === byTag)).toBe(true);
    expect(seen.some(({ status, layer }) => status === 'Pull complete' && layer !== null)).toBe(true);
    expect(seen.some(({ current, total }) => current !== null && current === total)).toBe(true);
  });

  test('an image is pulled by its digest', async () => {
    const { byDigest } = publish('by-digest');
    await docker.pullImage(byDigest, () => undefined, never);
    expect((await docker.inspectImage(byDigest))?.RepoDigests).toEqual([byDigest]);
  });

  test('a tag that the registry does not have fails, and may work later', async () => {
    const ref = `${registry.address}/absent:v1.0.0`;
    const pull = docker.pullImage(ref, () => undefined, never);
    await expect(pull).rejects.toMatchObject({ code: 'docker/pull-failed', retry: 'backoff' });
    await expect(pull).rejects.toThrow(/cannot pull .*absent.*manifest unknown/);
  });

  test('a registry that is away fails', async () => {
    const { byTag } = publish('away');
    await registry.close();
    const pull = docker.pullImage(byTag, () => undefined, never);
    await expect(pull).rejects.toMatchObject({ code: 'docker/pull-failed' });
    await expect(pull).rejects.toThrow(/connection refused/);
    registry = await openRegistry();
  });

  test('a failure in the middle of the stream is a failure, though the engine answered 200', async () => {
    const { byTag } = publish('corrupt');
    registry.serveLayers('corrupt');
    const seen: PullProgress[] = [];
    const pull = docker.pullImage(byTag, (progress) => void seen.push(progress), never);
    await expect(pull).rejects.toMatchObject({ code: 'docker/pull-failed' });
    await expect(pull).rejects.toThrow(/verification failed/);
    expect(seen.length).toBeGreaterThan(0);
    expect(await docker.inspectImage(byTag)).toBeNull();
  });

  test('a registry that stalls is given up after the idle time', async () => {
    const { byTag } = publish('stalled');
    registry.serveLayers('stalled');
    const impatient = connectDocker({ deadlines: { pullIdle: 1_500 } });
    const pull = impatient.pullImage(byTag, () => undefined, never);
    await expect(pull).rejects.toMatchObject({ code: 'docker/pull-failed' });
    await expect(pull).rejects.toThrow(/no progress for 1.5 s/);
  });

  test('an aborted pull ends with the reason of the signal', async () => {
    const { byTag } = publish('aborted');
    registry.serveLayers('stalled');
    const abort = new AbortController();
    const stop = new Error('shutting down');
    const pull = docker.pullImage(byTag, () => abort.abort(stop), abort.signal);
    await expect(pull).rejects.toBe(stop);
  });

  test('credentials of the Docker client are sent to the registry that they are for', async () => {
    const { byTag } = publish('private');
    registry.demand({ username: 'node', password: 'pässword:with-colon' });
    vi.stubEnv('DOCKER_CONFIG', folder);
    const config = join(folder, 'config.json');
    const auth = Buffer.from('node:pässword:with-colon').toString('base64');
    await writeFile(config, JSON.stringify({ auths: { 'elsewhere.example': { auth } } }));
    await expect(docker.pullImage(byTag, () => undefined, never)).rejects.toThrow(
      /no basic auth credentials/,
    );
    await writeFile(config, JSON.stringify({ auths: { [registry.address]: { auth } } }));
    await docker.pullImage(byTag, () => undefined, never);
    expect(await docker.inspectImage(byTag)).not.toBeNull();
  });

  test('a broken client configuration is named without its text', async () => {
    const { byTag } = publish('unread');
    vi.stubEnv('DOCKER_CONFIG', folder);
    await writeFile(join(folder, 'config.json'), '{"auths": {"x": {"auth": "c2VjcmV0"}');
    const pull = docker.pullImage(byTag, () => undefined, never);
    await expect(pull).rejects.toMatchObject({ code: 'docker/invalid', retry: 'never' });
    await expect(pull).rejects.toThrow(new RegExp(`${folder}/config.json: it is not JSON; mend the file`));
    await expect(pull).rejects.not.toThrow(/c2VjcmV0/);
  });
});

describe('a line of the pull stream', () => {
  test('names its layer and how far it is', () => {
    const line = '{"status":"Downloading","progressDetail":{"current":5,"total":10},"id":"abc"}';
    const progress = { ref: 'r:v1', status: 'Downloading', layer: 'abc', current: 5, total: 10 };
    expect(parseProgress('r:v1', line)).toEqual(progress);
  });

  test('without detail has no numbers', () => {
    const line = '{"status":"Status: Image is up to date"}';
    const progress = {
      ref: 'r:v1',
      status: 'Status: Image is up to date',
      layer: null,
      current: null,
      total: null,
    };
    expect(parseProgress('r:v1', line)).toEqual(progress);
  });

  test('that is an error says so, with or without the older field', () => {
    expect(parseProgress('r:v1', '{"errorDetail":{"message":"no space"},"error":"no space"}')).toEqual({
      error: 'no space',
    });
    expect(parseProgress('r:v1', '{"errorDetail":{"message":"no space"}}')).toEqual({ error: 'no space' });
  });

  test('that is not JSON is an error, for it hides the outcome', () => {
    const error = 'the engine answered a line that is not JSON: <html>';
    expect(parseProgress('r:v1', '<html>')).toEqual({ error });
  });
});
