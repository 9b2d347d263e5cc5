import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildRuntimeImage } from '../../deploy/images/build.ts';
import type { OnceResult } from '../../reconciler/start.ts';
import { engineHost } from '../support/engine.ts';
import { health, statusOf, yaml } from '../support/host.ts';
import { parseOnce, type TwoNodes, twoNodes, type WorkerNode } from '../support/two-nodes.ts';

let nodes: TwoNodes;
let image: string;

beforeAll(async () => {
  nodes = await twoNodes();
  ({ ref: image } = await buildRuntimeImage({ version: 'v1', dockerHost: engineHost() }));
  const there = await buildRuntimeImage({ version: 'v1', dockerHost: nodes.second.dockerHost });
  expect(there.ref).toBe(image);
}, 300_000);
afterAll(() => nodes.remove(), 120_000);

/** A tenant's definition by path. */
function definition(tenant: string, node: WorkerNode): Record<string, string> {
  const name = nodes.name(tenant);
  const volumes = [{ name: 'state', mountPath: '/data/state' }];
  const spec = { owner: 'ops@example.com', node: node.name, image, runtime: { health, volumes } };
  return { [`tenants/${name}/tenant.yaml`]: yaml('Tenant', name, spec) };
}

/** Both nodes side by side, each with its own process. */
async function both(): Promise<{ first: OnceResult; second: OnceResult }> {
  const [first, second] = await Promise.all([
    nodes.first.reconcile(nodes.token),
    nodes.second.reconcile(nodes.token),
  ]);
  expect({ first: first.code, second: second.code }, first.stderr + second.stderr).toEqual({
    first: 0,
    second: 0,
  });
  return { first: parseOnce(first), second: parseOnce(second) };
}

/** Names, without the random part, of the tenants that have a container on a node. */
async function runningOn(node: WorkerNode): Promise<string[]> {
  const list = await node.docker.listContainers();
  const pattern = new RegExp(`^/tenant_${nodes.name('')}(.+)_runtime$`);
  return list
    .flatMap(({ Names, State }) =>
      State === 'running' ? Names.flatMap((name) => pattern.exec(name)?.[1] ?? []) : [],
    )
    .sort();
}

async function identity(node: WorkerNode, tenant: string): Promise<{ id: string; startedAt: string }> {
  const inspect = await node.inspect(nodes.name(tenant));
  if (inspect === null) throw new Error(`${tenant} has no container on ${node.name}`);
  return { id: inspect.Id, startedAt: inspect.State.StartedAt };
}

/** What a runtime of the first node has in its volume: this process runs where that node does. */
async function stateOf(tenant: string): Promise<unknown> {
  const inspect = await nodes.first.inspect(nodes.name(tenant));
  const [network] = Object.values(inspect?.NetworkSettings.Networks ?? {});
  const response = await fetch(`http://${network?.IPAddress}:8080/api/state`);
  return response.json();
}

describe('two nodes fed from one repository over HTTP', { timeout: 120_000 }, () => {
  let stayed: { id: string; startedAt: string };
  let stayedThere: { id: string; startedAt: string };

  test('each runs its own tenants and no other', async () => {
    nodes.push({
      ...definition('mover', nodes.first),
      ...definition('stayer', nodes.first),
      ...definition('elsewhere', nodes.second),
    });
    const { first, second } = await both();
    expect(await runningOn(nodes.first)).toEqual(['mover', 'stayer']);
    expect(await runningOn(nodes.second)).toEqual(['elsewhere']);
    const shown = (result: OnceResult) => result.status.tenants.map(({ tenant, phase }) => [tenant, phase]);
    expect(shown(first)).toEqual([
      [nodes.name('mover'), 'InSync'],
      [nodes.name('stayer'), 'InSync'],
    ]);
    expect(shown(second)).toEqual([[nodes.name('elsewhere'), 'InSync']]);
    expect(first.status.engine.id).not.toBe(second.status.engine.id);
    expect(first.status.revision).toBe(second.status.revision);
    expect(await stateOf('mover')).toMatchObject({ boots: 1 });
    stayed = await identity(nodes.first, 'stayer');
    stayedThere = await identity(nodes.second, 'elsewhere');
  });

  test('the health of each was asked from its own node', async () => {
    const { first, second } = await both();
    for (const { tenant, health: found } of [...first.status.tenants, ...second.status.tenants]) {
      expect(found, tenant).toMatchObject({ state: 'healthy' });
    }
  });

  test('INV-3: neither changes anything when it is converged', async () => {
    const { first, second } = await both();
    expect([first.mutations, second.mutations]).toEqual([0, 0]);
  });

  test('without the token nothing is fetched, and what runs goes on', async () => {
    const asked = nodes.server.requests.length;
    const ended = await nodes.second.reconcile('wrong');
    expect(nodes.server.requests.length).toBeGreaterThan(asked);
    expect(ended.code).toBe(1);
    expect(parseOnce(ended)).toMatchObject({ mutations: 0, status: { source: { state: 'unreachable' } } });
    expect(ended.stdout + ended.stderr).not.toContain(nodes.token);
    expect(await identity(nodes.second, 'elsewhere')).toEqual(stayedThere);
  });

  test('one commit moves a tenant: it goes here and comes there, and its volume is kept and told of', async () => {
    nodes.push(definition('mover', nodes.second));
    const { first, second } = await both();
    expect(await runningOn(nodes.first)).toEqual(['stayer']);
    expect(await runningOn(nodes.second)).toEqual(['elsewhere', 'mover']);
    expect(statusOf(second, nodes.name('mover'))).toMatchObject({
      phase: 'InSync',
      health: { state: 'healthy' },
    });
    const volume = `tenant_${nodes.name('mover')}_state`;
    expect(first.status.retained).toEqual([{ volume, tenant: nodes.name('mover') }]);
    expect(second.status.retained).toEqual([]);
    for (const node of [nodes.first, nodes.second]) {
      expect((await node.docker.listVolumes()).map(({ Name }) => Name)).toContain(volume);
    }
  });

  test('and back: the volume that was kept is taken up again', async () => {
    nodes.push(definition('mover', nodes.first));
    const { first, second } = await both();
    expect(await runningOn(nodes.first)).toEqual(['mover', 'stayer']);
    expect(await runningOn(nodes.second)).toEqual(['elsewhere']);
    expect(await stateOf('mover')).toMatchObject({ boots: 2 });
    expect(first.status.retained).toEqual([]);
    expect(second.status.retained.map(({ tenant }) => tenant)).toEqual([nodes.name('mover')]);
  });

  test('INV-4: who did not move kept container and run through all of it', async () => {
    expect(await identity(nodes.first, 'stayer')).toEqual(stayed);
    expect(await identity(nodes.second, 'elsewhere')).toEqual(stayedThere);
  });
});
