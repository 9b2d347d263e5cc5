import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tenantNetwork } from '../../renderers/network.ts';
import { health, runtimeImage, statusOf, TestHost, yaml } from '../support/host.ts';

const tryConnect = join(import.meta.dirname, '..', 'support', 'try-connect.mjs');
const shards = 2;
const port = 8080;

interface Runtime {
  readonly tenant: string;
  readonly network: string;
  readonly address: string;
  readonly pid: number;
}

let host: TestHost;
let runtimes: Runtime[];

beforeAll(async () => {
  const image = await runtimeImage('v1');
  host = await TestHost.make();
  host.commit({
    [`nodes/${host.node}.yaml`]: yaml('Node', host.node, { network: { pool: host.pool, shards } }),
  });
  const tenants = twoOnEachBridge();
  for (const tenant of tenants) host.tenant(tenant, { image, runtime: { health } });
  const result = await host.once();
  for (const tenant of tenants) expect(statusOf(result, host.name(tenant)).phase).toBe('InSync');
  runtimes = await Promise.all(tenants.map(runtimeOf));
}, 300_000);
afterAll(() => host.remove(), 60_000);

/** Names of which two fall to each of the node's bridges. */
function twoOnEachBridge(): string[] {
  const owner = { platform: host.platform, node: host.node };
  const names = Array.from({ length: 100 }, (_, number) => `n${number}`);
  const bridges = Map.groupBy(
    names,
    (name) => tenantNetwork(host.name(name), owner, { pool: host.pool, shards }).subnet,
  );
  return [...bridges.values()].flatMap((sharing) => sharing.slice(0, 2));
}

async function runtimeOf(tenant: string): Promise<Runtime> {
  const inspect = await host.inspect(tenant);
  const [joined, ...others] = Object.entries(inspect?.NetworkSettings.Networks ?? {});
  if (inspect === null || joined === undefined) throw new Error(`${tenant} is on no network`);
  expect(others).toEqual([]);
  return { tenant, network: joined[0], address: joined[1].IPAddress, pid: inspect.State.Pid };
}

/** What comes of connecting to every runtime, from a runtime's own network namespace or from the node itself. */
async function connections(from: Runtime | null): Promise<Record<string, string>> {
  const namespace = from === null ? [] : ['nsenter', '--target', String(from.pid), '--net'];
  const targets = runtimes.map(({ address }) => `${address}:${port}`);
  const [program = '', ...args] = [...namespace, process.execPath, tryConnect, ...targets];
  const { stdout } = await execa(program, args);
  const outcomes = JSON.parse(stdout) as Record<string, string>;
  return Object.fromEntries(
    runtimes.map(({ tenant, address }) => [tenant, outcomes[`${address}:${port}`] ?? 'not tried']),
  );
}

describe('tenants of one node', { timeout: 60_000 }, () => {
  test('share bridges: two of the four on each', () => {
    const sharing = Map.groupBy(runtimes, ({ network }) => network);
    expect([...sharing.values()].map((each) => each.length)).toEqual([2, 2]);
  });

  test('are all reached from the node, where the ingress is', async () => {
    const outcomes = await connections(null);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['connected']));
  });

  test('reach themselves and no other tenant, on the same bridge or on another', async () => {
    for (const runtime of runtimes) {
      const { [runtime.tenant]: itself, ...others } = await connections(runtime);
      expect(itself, 'a runtime reaches its own port').toBe('connected');
      expect(Object.values(others), `from ${runtime.tenant}`).toEqual([
        'no answer',
        'no answer',
        'no answer',
      ]);
    }
  });
});
