import { defaults } from '../../schemas/defaults.ts';
import type { Documents } from '../../schemas/kinds.ts';
import type { Problem } from '../../schemas/problem.ts';
import { parseBytes, toNanoCpus } from '../../schemas/quantity.ts';
import type { DesiredNode } from '../model.ts';
import type { Parsed } from './documents.ts';
import { problemAt } from './problem-at.ts';

/** A node with what only the checks need of it. */
export interface SharedNode {
  readonly file: Parsed<'Node'>;
  readonly spec: Documents['Node']['spec'];
  readonly desired: DesiredNode;
}

/**
 * A node with its defaults filled in; null when its document is invalid.
 *
 * @param environment the platform's default variables, which go below the node's own
 */
export function desiredNode(
  file: Parsed<'Node'>,
  environment: Readonly<Record<string, string>>,
  report: (problems: readonly Problem[]) => void,
): SharedNode | null {
  if (file.value === null) return null;
  const { spec } = file.value;
  report(portProblems(file, spec.ports ?? {}));
  const desired = {
    name: file.name,
    environment: { ...environment, ...spec.environment },
    network: {
      pool: spec.network?.pool ?? defaults.node.network.pool,
      shards: spec.network?.shards ?? defaults.node.network.shards,
    },
    capacity: capacityOf(spec.capacity ?? {}),
    ageKey: spec.keys?.age ?? null,
  };
  report(roomProblems(file, desired.network, spec.capacity?.tenants));
  return { file, spec, desired };
}

function capacityOf({
  tenants,
  memory,
  cpus,
}: NonNullable<SharedNode['spec']['capacity']>): DesiredNode['capacity'] {
  return {
    tenants: tenants ?? null,
    memoryBytes: memory === undefined ? null : parseBytes(memory),
    nanoCpus: cpus === undefined ? null : toNanoCpus(cpus),
  };
}

type PortName = keyof typeof defaults.node.ports;

/** Two services on one port; said at the later one, or at the one that is written where the other is a default. */
function portProblems(file: Parsed<'Node'>, given: { readonly [name in PortName]?: number }): Problem[] {
  const ports = { ...defaults.node.ports, ...given };
  const names: readonly PortName[] = ['http', 'https', 'metrics'];
  return names.flatMap((name, index) => {
    const other = names.slice(0, index).find((earlier) => ports[earlier] === ports[name]);
    if (other === undefined) return [];
    const [here, there] = given[name] === undefined ? [other, name] : [name, other];
    const message = `Port ${ports[name]} is the node's \`${there}\` port already; give \`${here}\` another.`;
    return [problemAt({ file, pointer: `/spec/ports/${here}` }, 'policy/port-taken', message)];
  });
}

/** A Linux bridge has 1,023 ports; the subnet's own two addresses and the gateway's are not for tenants. */
const portsOfBridge = 1_000;

/**
 * A node that may be given more tenants than its bridges hold. Names decide which bridge a tenant joins, so that some
 * fill up before others: a quarter is left free.
 */
function roomProblems(
  file: Parsed<'Node'>,
  { pool, shards }: DesiredNode['network'],
  tenants: number | undefined,
): Problem[] {
  const hostBits = 32 - Number(pool.split('/')[1]) - Math.ceil(Math.log2(shards));
  const room = Math.floor(0.75 * shards * Math.min(portsOfBridge, Math.max(0, 2 ** hostBits - 3)));
  if (room >= (tenants ?? 1)) return [];
  const message = `${shards} shard(s) of ${pool} hold ${room} tenants, and the node is to hold ${tenants ?? 1}; give \`spec.network\` a larger pool or more shards, or lower \`spec.capacity.tenants\`.`;
  return [
    problemAt(
      { file, pointer: file.value?.spec.network === undefined ? '/spec/capacity/tenants' : '/spec/network' },
      'policy/network-too-small',
      message,
    ),
  ];
}
