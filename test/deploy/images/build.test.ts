import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildRuntimeImage, removeRuntimeImages, runtimeImageRef } from '../../../deploy/images/build.ts';
import { engineAt, readBuildOutput } from '../../../deploy/images/engine-build.ts';
import { engineHost } from '../../support/engine.ts';
import { addressOf, type EngineSandbox, engineSandbox } from '../../support/engine-sandbox.ts';
import { until } from '../../support/engine-wait.ts';
import { type RuntimeClient, runtimeClient } from './runtime-client.ts';

const dockerHost = engineHost();
// A version of this run's own: other tests may build the plain one at the same time.
const version = `v0.0.0-test-${randomBytes(4).toString('hex')}`;
const bad = { version: `${version}-bad`, env: { UNHEALTHY: '1' } };
const built: string[] = [];
let ref: string;
let sandbox: EngineSandbox;

beforeAll(async () => {
  ref = await build({ version });
});

beforeEach(() => {
  sandbox = engineSandbox(dockerHost);
});

afterEach(async () => {
  await sandbox.close();
});

afterAll(async () => {
  await removeRuntimeImages(built, { dockerHost });
});

async function build(variant: { version: string; env?: Readonly<Record<string, string>> }): Promise<string> {
  const image = await buildRuntimeImage({ ...variant, dockerHost });
  built.push(image.ref);
  return image.ref;
}

/** As strictly as Tenantry runs a tenant: the image must work under all of it. */
async function runHardened(
  image: string,
  volumes: Readonly<Record<string, string>> = {},
  env: string[] = [],
) {
  const container = await sandbox.run({
    Image: image,
    Env: env,
    HostConfig: {
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=16777216' },
      Memory: 128 * 1024 * 1024,
      PidsLimit: 64,
      Binds: Object.entries(volumes).map(([path, volume]) => `${volume}:${path}`),
    },
  });
  return { container, client: await clientOf(container) };
}

async function clientOf(container: Parameters<typeof addressOf>[0]): Promise<RuntimeClient> {
  const client = runtimeClient(`http://${await addressOf(container)}:8080`);
  await client.ready();
  return client;
}

test('the tag names one content, is known without an engine, and a second build does nothing', async () => {
  expect(ref).toMatch(/^tenantry\/runtime:sha-[0-9a-f]{12}$/);
  expect(await runtimeImageRef({ version })).toBe(ref);
  expect(await buildRuntimeImage({ version, dockerHost })).toEqual({ ref, built: false });
  expect(await runtimeImageRef({ version, env: { UNHEALTHY: '1' } })).not.toBe(ref);
});

test('two releases share every layer', async () => {
  const engine = engineAt(dockerHost);
  const layersOf = async (image: string) => (await engine.getImage(image).inspect()).RootFS.Layers ?? [];
  const other = await build({ version: `${version}-next` });
  expect(other).not.toBe(ref);
  expect((await layersOf(ref)).length).toBe(3);
  expect(await layersOf(other)).toEqual(await layersOf(ref));
});

test('runs without a root, capabilities or a writable file system, as a user that is not root', async () => {
  const { container, client } = await runHardened(ref, {}, ['TENANTRY_TENANT=acme']);
  expect((await client.get('/api/health')).body).toMatchObject({
    status: 'ok',
    tenant: 'acme',
    version,
    loads: 1,
  });
  const { Processes } = (await container.top({ ps_args: '-eo pid,uid' })) as { Processes: string[][] };
  expect(Processes.map(([, uid]) => uid)).toEqual(['10001']);
  expect((await client.put('/api/state/note', 'x')).body['persistent']).toBe(false);
});

test('reads its files anew on SIGHUP in place, and ends cleanly on SIGTERM', async () => {
  const { container, client } = await runHardened(ref);
  const { Id, State } = await container.inspect();
  await container.kill({ signal: 'SIGHUP' });
  await until('the second load', async () =>
    (await client.get('/api/health')).body['loads'] === 2 ? true : null,
  );
  const after = await container.inspect();
  expect({ id: after.Id, startedAt: after.State.StartedAt }).toEqual({ id: Id, startedAt: State.StartedAt });
  // Docker would answer 137 if it had to kill.
  await container.stop({ t: 10 });
  expect((await container.inspect()).State.ExitCode).toBe(0);
});

test('a fresh named volume is writable, and what is in it survives the container', async () => {
  const volumes = { '/data/state': await sandbox.volume(), '/data/session': await sandbox.volume() };
  const first = await runHardened(ref, volumes, ['BRIDGE_CONNECT_AFTER_MS=10']);
  await first.client.put('/api/state/note', 'kept');
  expect((await first.client.request('/bridge/pair', 'token-1')).status).toBe(202);
  await first.client.events(0, (events) => events.at(-1)?.type === 'connected');
  await first.container.stop({ t: 10 });
  const second = await runHardened(ref, volumes);
  expect((await second.client.get('/api/state')).body).toEqual({
    boots: 2,
    persistent: true,
    notes: { note: 'kept' },
  });
  expect(await second.client.request('/bridge/pair', 'token-1')).toEqual({
    status: 200,
    body: { token: 'token-1', outcome: 'connected' },
  });
});

test('a bad release runs and is unhealthy', async () => {
  const { client } = await runHardened(await build(bad));
  const { status, body } = await client.get('/api/health');
  expect(status).toBe(503);
  expect(body).toMatchObject({ status: 'unhealthy', version: bad.version });
});

test('images are removed only while no container uses them', async () => {
  const image = await build({ version: `${version}-gone` });
  const { container } = await runHardened(image);
  expect(await removeRuntimeImages([image], { dockerHost })).not.toContain(image);
  await container.stop({ t: 0 });
  expect(await removeRuntimeImages([image], { dockerHost })).not.toContain(image);
  const spare = await build({ version: `${version}-spare` });
  expect(await removeRuntimeImages([spare, 'tenantry/runtime:sha-000000000000'], { dockerHost })).toContain(
    spare,
  );
});

test('what cannot be written into a Dockerfile safely is refused', async () => {
  await expect(runtimeImageRef({ env: { EVIL: 'a"\nRUN rm' } })).rejects.toThrow(
    'cannot be baked into an image',
  );
});

test('a failure that the builder reports in its stream is a failure', async () => {
  const lines = ['{"stream":"Step 1/1 : FROM x\\n"}\n', '{"errorDetail":{},"error":"manifest unknown"}\n'];
  const said: string[] = [];
  await expect(readBuildOutput(Readable.from(lines), (line) => said.push(line))).rejects.toThrow(
    'manifest unknown',
  );
  expect(said).toEqual(['Step 1/1 : FROM x']);
});

test('the Dockerfile for people with a registry ends like the one without', async () => {
  const folder = join(import.meta.dirname, '../../../deploy/images/runtime');
  const tail = async (name: string) => {
    const text = await readFile(join(folder, name), 'utf8');
    return text.slice(text.indexOf('COPY *.mjs'));
  };
  expect(await tail('Dockerfile')).toBe(await tail('scratch.Dockerfile'));
});
