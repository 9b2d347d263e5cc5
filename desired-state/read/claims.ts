import { parseBytes, toNanoCpus } from '../../schemas/quantity.ts';
import type { DesiredTenant } from '../model.ts';
import type { JudgedFile } from './document-cache.ts';
import type { Parsed } from './documents.ts';
import type { SharedNode } from './node.ts';
import type { Location } from './problem-at.ts';

/**
 * Something that several could want and not all can have. One mechanism for names that belong to one alone (limit 1)
 * and for what is shared until it is used up (a node's capacity).
 */
export interface Claim {
  readonly what: Claimed;
  /** Claims with the same key compete. */
  readonly key: string;
  /** How much of it, in the unit of `limit`: bytes, billionths of a processor, or a count. */
  readonly amount: number;
  /** The most that all claims together may reach. */
  readonly limit: number;
  /** Name of the tenant, or path of the platform's site; neither can look like the other. */
  readonly holder: string;
  readonly at: Location;
}

export type Claimed =
  | { readonly type: 'domain'; readonly domain: string }
  | { readonly type: 'subdomain'; readonly subdomain: string; readonly node: string }
  | { readonly type: 'capacity'; readonly of: Capacity; readonly node: string };

export type Capacity = 'tenants' | 'memory' | 'cpus';

/**
 * Everything that a tenant claims where the shared files say how much there is. `files` are those that `desired` was
 * read from. On a node that is gone, there is nothing to claim.
 */
export function claimsOf(
  desired: DesiredTenant,
  files: readonly JudgedFile[],
  nodes: ReadonlyMap<string, SharedNode | null>,
): Claim[] {
  const node = nodes.get(desired.node);
  return files.flatMap((file) => {
    if (file.kind === 'Site') return siteClaims(file, desired.name);
    if (file.kind !== 'Tenant' || node === undefined || node === null) return [];
    return [...capacityClaims(desired, file, node), ...subdomainClaims(desired, file, node)];
  });
}

/** The domains of a site. */
export function siteClaims(file: Parsed<'Site'>, holder: string): Claim[] {
  const domains = file.value?.spec.domains ?? [];
  return domains.map((domain, index) =>
    claim({ type: 'domain', domain }, 1, 1, holder, { file, pointer: `/spec/domains/${index}` }),
  );
}

/** What a tenant takes of its node, where the node says how much it has. */
function capacityClaims(
  { name, node, resources }: DesiredTenant,
  file: JudgedFile,
  { spec }: SharedNode,
): Claim[] {
  const { tenants, memory, cpus } = spec.capacity ?? {};
  const share = (of: Capacity, amount: number, limit: number, pointer: string): Claim =>
    claim({ type: 'capacity', of, node }, amount, limit, name, { file, pointer });
  const at = '/spec/runtime/resources';
  return [
    ...(tenants === undefined ? [] : [share('tenants', 1, tenants, '/spec/node')]),
    ...(memory === undefined
      ? []
      : [share('memory', resources.memoryBytes, parseBytes(memory), `${at}/memory`)]),
    ...(cpus === undefined ? [] : [share('cpus', resources.nanoCpus, toNanoCpus(cpus), `${at}/cpus`)]),
  ];
}

/** Below a domain the whole name counts: a site, or a tenant of another node, may want the same one. */
function subdomainClaims(
  { name, node, subdomain }: DesiredTenant,
  file: JudgedFile,
  { spec }: SharedNode,
): Claim[] {
  if (subdomain === null) return [];
  const what: Claimed =
    spec.ingress === undefined
      ? { type: 'subdomain', subdomain, node }
      : { type: 'domain', domain: `${subdomain}.${spec.ingress.domain}` };
  return [claim(what, 1, 1, name, { file, pointer: '/spec/subdomain' })];
}

function claim(what: Claimed, amount: number, limit: number, holder: string, at: Location): Claim {
  return { what, key: keyOf(what), amount, limit, holder, at };
}

function keyOf(what: Claimed): string {
  switch (what.type) {
    case 'domain':
      return `domain ${what.domain}`;
    case 'subdomain':
      return `subdomain ${what.node} ${what.subdomain}`;
    case 'capacity':
      return `capacity ${what.node} ${what.of}`;
  }
}
