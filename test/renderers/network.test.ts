import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shardSubnet, tenantNetwork } from '../../renderers/network.ts';

const owner = { platform: 'demo', node: 'worker-1' };
/** What a node has that says nothing about its network. */
const usual = { pool: '10.210.0.0/16', shards: 4 };
/** A Linux bridge holds this many ports, the engine's own end among them. */
const bridgePorts = 1_023;

const number = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
/** First and last address of `a.b.c.d/n`. */
function range(subnet: string): { first: number; last: number } {
  const [address = '', length = ''] = subnet.split('/');
  const first = number(address);
  return { first, last: first + 2 ** (32 - Number(length)) - 1 };
}

test('a tenant joins the bridge that its name chooses, with its neighbours kept apart', () => {
  expect(tenantNetwork('acme', owner, usual)).toEqual({
    kind: 'network',
    name: 'tenantry-demo-worker-1-10.210.64.0-18',
    subnet: '10.210.64.0/18',
    isolated: true,
  });
});

test.each([
  ['10.210.0.0/16', 4, ['10.210.0.0/18', '10.210.64.0/18', '10.210.128.0/18', '10.210.192.0/18']],
  ['10.210.0.0/16', 3, ['10.210.0.0/18', '10.210.64.0/18', '10.210.128.0/18']],
  ['10.0.0.0/24', 2, ['10.0.0.0/25', '10.0.0.128/25']],
  ['192.168.255.77/24', 1, ['192.168.255.0/24']],
  ['172.16.0.0/12', 2, ['172.16.0.0/13', '172.24.0.0/13']],
])('the pool %s in %i shards', (pool, shards, subnets) => {
  expect(subnets.map((_, shard) => shardSubnet(pool, shards, shard))).toEqual(subnets);
});

test('1,000 tenants with names as people give them fit on a node: no shard over its bridge or its subnet', () => {
  for (const name of [
    (n: number) => `tenant-${n}`,
    (n: number) => `customer${n}-eu`,
    (n: number) => n.toString(36),
  ]) {
    const bySubnet = Map.groupBy(
      Array.from({ length: 1_000 }, (_, n) => tenantNetwork(name(n), owner, usual).subnet),
      (subnet) => subnet,
    );
    expect(bySubnet.size).toBe(usual.shards);
    for (const [subnet, tenants] of bySubnet) {
      const { first, last } = range(subnet);
      // Network, gateway and broadcast are taken, and a replacement stands beside its predecessor for a while.
      expect(tenants.length * 2, subnet).toBeLessThan(Math.min(bridgePorts, last - first - 2));
    }
  }
});

const anyPool = fc
  .record({ base: fc.ipV4(), length: fc.integer({ min: 8, max: 24 }) })
  .map(({ base, length }) => ({ pool: `${base}/${length}`, base, length }));

test('law: shards lie inside the pool, one beside the other, equal in size and apart', () => {
  fc.assert(
    fc.property(anyPool, fc.integer({ min: 1, max: 16 }), ({ pool, base, length }, shards) => {
      const size = 2 ** (32 - length);
      const start = Math.floor(number(base) / size) * size;
      const ranges = Array.from({ length: shards }, (_, shard) => range(shardSubnet(pool, shards, shard)));
      for (const [index, { first, last }] of ranges.entries()) {
        expect(first).toBeGreaterThanOrEqual(start);
        expect(last).toBeLessThan(start + size);
        // A subnet begins at a multiple of its own size, or the engine refuses it.
        expect(first % (last - first + 1)).toBe(0);
        const before = ranges[index - 1];
        if (before !== undefined) expect(first).toBe(before.last + 1);
      }
    }),
  );
});

test('law: the bridge of a tenant follows from its name and the pool, whoever else is there', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/);
  fc.assert(
    fc.property(name, fc.integer({ min: 1, max: 16 }), (tenant, shards) => {
      const network = { pool: usual.pool, shards };
      const first = tenantNetwork(tenant, owner, network);
      expect(tenantNetwork(tenant, owner, network)).toEqual(first);
      const subnets = Array.from({ length: shards }, (_, shard) => shardSubnet(usual.pool, shards, shard));
      expect(subnets).toContain(first.subnet);
    }),
  );
});

test('a changed pool, platform or node is another network, so that nothing is changed under a running tenant', () => {
  const names = [
    tenantNetwork('acme', owner, usual),
    tenantNetwork('acme', owner, { ...usual, pool: '10.211.0.0/16' }),
    tenantNetwork('acme', owner, { ...usual, shards: 8 }),
    tenantNetwork('acme', { ...owner, platform: 'other' }, usual),
    tenantNetwork('acme', { ...owner, node: 'worker-2' }, usual),
  ].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
