import { createHash } from 'node:crypto';
import type { Owner } from './labels.ts';
import type { NetworkResource } from './resource.ts';

/**
 * The shared bridge that a tenant's container joins. The node's address pool is cut into `shards` equal subnets (a
 * Linux bridge holds at most 1,023 ports, and the engine's own pools end at about 31 networks), and a tenant's shard
 * follows from its name alone, so that no tenant moves when another comes or goes.
 *
 * The subnet is part of the name: a changed pool gives new networks, which containers join in place before they leave
 * the old ones. Inter-container communication is off on each, and the engine isolates bridges from each other.
 */
export function tenantNetwork(
  tenant: string,
  owner: Owner,
  network: { readonly pool: string; readonly shards: number },
): NetworkResource {
  const shard = createHash('sha256').update(tenant).digest().readUInt32BE(0) % network.shards;
  const subnet = shardSubnet(network.pool, network.shards, shard);
  return {
    kind: 'network',
    name: `tenantry-${owner.platform}-${owner.node}-${subnet.replace('/', '-')}`,
    subnet,
    isolated: true,
  };
}

/** Subnet number `shard` of `shards` (rounded up to a power of two) in an IPv4 pool such as `10.210.0.0/16`. */
export function shardSubnet(pool: string, shards: number, shard: number): string {
  const [base = '', length = ''] = pool.split('/');
  const bits = Math.ceil(Math.log2(shards));
  const prefix = Number(length) + bits;
  const size = 2 ** (32 - prefix);
  const start = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = start - (start % 2 ** (32 - Number(length))) + shard * size;
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join('.')}/${prefix}`;
}
