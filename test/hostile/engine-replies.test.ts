import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDocker } from '../../reconciler/adapters/docker.ts';
import { nodeKeyOpener } from '../../reconciler/adapters/node-key.ts';
import { Observer } from '../../reconciler/observe/observer.ts';
import type { ObservedNode } from '../../reconciler/plan/observed.ts';
import type { Docker } from '../../reconciler/ports.ts';
import { desiredState, tenant } from '../support/desired.ts';
import { FakeFiles } from '../support/fake-ports.ts';
import { Sandbox } from '../support/sandbox.ts';
import { runs } from './runs.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What the engine answers, by path of the request. */
let replies: ReadonlyMap<string, Json>;
/** What it would answer in good health. */
let healthy: ReadonlyMap<string, Json>;
let server: Server;
let dir: string;
let docker: Docker;

beforeAll(async () => {
  const sandbox = new Sandbox();
  sandbox.commit(
    desiredState([tenant('acme', { volumes: [{ name: 'state', mountPath: '/data', backup: true }] })]),
  );
  await sandbox.converge();
  const { engine } = sandbox;
  const [summary] = await engine.listContainers();
  const inspect = await engine.inspectContainer(summary?.Id ?? '');
  const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
  healthy = new Map<string, Json>([
    ['/containers/json', json(await engine.listContainers())],
    [`/containers/${inspect.Id}/json`, json(inspect)],
    ['/networks', json(await engine.listNetworks())],
    ['/volumes', json({ Volumes: await engine.listVolumes() })],
    [`/images/${inspect.Image}/json`, json(await engine.inspectImage(inspect.Image))],
  ]);
  dir = await mkdtemp(join(tmpdir(), 'tenantry-hostile-engine-'));
  server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').replace(/\?.*$/, ''));
    const reply = replies.get(path);
    response.writeHead(reply === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply ?? { message: `no ${path}` }));
  });
  await new Promise<void>((resolve) => server.listen(join(dir, 'docker.sock'), resolve));
  docker = connectDocker({ host: `unix://${join(dir, 'docker.sock')}` });
});

afterAll(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(dir, { recursive: true, force: true });
});

async function observe(answers: ReadonlyMap<string, Json>): Promise<ObservedNode> {
  replies = answers;
  const observer = new Observer(
    { docker, files: new FakeFiles(), secrets: nodeKeyOpener('/nonexistent/node.key') },
    { platform: 'test', node: 'worker-1' },
    true,
  );
  return (await observer.observe({ tenants: 'all', wanted: {}, images: new Set() })).node;
}

/** What of the world must be there, however much of the rest is told otherwise. */
function outline(node: ObservedNode) {
  return {
    containers: Object.entries(node.tenants).map(([name, each]) => [
      name,
      each.containers.map(({ id }) => id),
    ]),
    strangers: Object.keys(node.strangers),
    networks: node.networks.map(({ name, owned }) => [name, owned]),
    volumes: node.volumes.map(({ name, tenant: owner }) => [name, owner]),
  };
}

/** Every place inside a value. */
function places(value: Json, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inner: [string | number, Json][] = Array.isArray(value)
    ? [...(value as readonly Json[]).entries()]
    : Object.entries(value as { readonly [key: string]: Json });
  return [at, ...inner.flatMap(([key, each]) => places(each, [...at, key]))];
}

const GONE = Symbol('gone');

/** The value with something else at a place. */
function changed(
  value: Json,
  [key, ...rest]: readonly (string | number)[],
  to: Json | typeof GONE,
): Json | typeof GONE {
  if (key === undefined) return to;
  if (typeof value !== 'object' || value === null) throw new Error('there is no such place');
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  const after = entries.flatMap(([name, each]): [string | number, Json][] => {
    const next = String(name) === String(key) ? changed(each as Json, rest, to) : (each as Json);
    return next === GONE ? [] : [[name, next]];
  });
  return Array.isArray(value) ? after.map(([, each]) => each) : Object.fromEntries(after);
}

/** Values of every type; the place gets one of a type that it does not have, or none. */
const others: readonly (Json | typeof GONE)[] = [GONE, null, true, 7, 'x', [], ['x'], [null], {}, { x: 1 }];

const kindOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

function valueAt(value: Json, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);
}

test('the replies as they are show the world as it is', async () => {
  expect(outline(await observe(healthy))).toMatchObject({
    containers: [['acme', [expect.stringMatching(/^[0-9a-f]{64}$/)]]],
    strangers: [],
    volumes: [['tenant_acme_state', 'acme']],
  });
});

/** Labels, lists and options that are empty or not there say that there are none, which an engine may say of others. */
function saysNothing(path: string, place: readonly (string | number)[], to: Json | typeof GONE): boolean {
  if (path.startsWith('/containers/') && path !== '/containers/json') return false;
  const [parent, last] = place.slice(-2);
  if (to === GONE) return parent === 'Labels';
  const empty = to === null || (typeof to === 'object' && Object.keys(to).length === 0);
  return empty && (place.length === 0 || ['Labels', 'Volumes'].includes(String(last ?? parent)));
}

describe('a reply that lacks something, or has another type somewhere', () => {
  test('fails the observation, or shows all that there is: never less', async () => {
    const whole = outline(await observe(healthy));
    const all = [...healthy].flatMap(([path, reply]) => places(reply).map((place) => ({ path, place })));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...all), fc.constantFrom(...others), async ({ path, place }, to) => {
        const reply = healthy.get(path) ?? null;
        fc.pre(to === GONE ? typeof place.at(-1) === 'string' : kindOf(to) !== kindOf(valueAt(reply, place)));
        fc.pre(!saysNothing(path, place, to));
        const told = changed(reply, place, to);
        fc.pre(told !== GONE);
        const seen = await observe(new Map([...healthy, [path, told]])).then(outline, (error: unknown) => {
          expect(error).toBeInstanceOf(Error);
          return null;
        });
        if (seen !== null) expect(seen, `${path} ${place.join('.')} ${JSON.stringify(to)}`).toEqual(whole);
      }),
      runs(1_200),
    );
  });

  test('and any other JSON fails it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...healthy.keys()), fc.jsonValue(), async (path, reply) => {
        // An empty list, and no volumes at all, are what an engine may say.
        fc.pre(!(Array.isArray(reply) && reply.length === 0));
        await expect(observe(new Map([...healthy, [path, reply as Json]]))).rejects.toThrow();
      }),
      runs(150),
    );
  });
});
