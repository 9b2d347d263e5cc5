import { defaults } from '../../schemas/defaults.ts';
import { patterns } from '../../schemas/patterns.ts';
import type { Proposal, SourceFiles } from './edit.ts';
import { proposal } from './edit.ts';
import { EditError } from './edit-error.ts';
import { renderFlow } from './yaml-render.ts';

/**
 * Adds a node from a template whose comments show what else can be set. A machine joins under its name afterwards.
 * @throws EditError `edit/refused` when the name is none, or its file exists
 */
export function addNode(source: SourceFiles, name: string): Proposal {
  if (!new RegExp(patterns.name.source).test(name)) {
    throw new EditError('edit/refused', `The name of a node ${patterns.name.rule}.`);
  }
  const path = `nodes/${name}.yaml`;
  if (source.list().includes(path)) {
    throw new EditError('edit/refused', `${path} exists already; choose another name.`);
  }
  return proposal({
    verb: 'add',
    subject: `${name}: add the node`,
    body: ['It takes tenants once a machine has joined under this name.'],
    edits: [{ path, before: null, after: nodeTemplate(name) }],
  });
}

function nodeTemplate(name: string): string {
  const { pool, shards } = defaults.node.network;
  return `# yaml-language-server: $schema=../.tenantry/schemas/node.schema.json
# One machine with a Docker engine.
apiVersion: tenantry.dev/v1
kind: Node
metadata: {name: ${renderFlow(name)}}
spec:
  # The most that its tenants may add up to; more is refused before it reaches Docker.
  # capacity: {tenants: 200, memory: 16Gi, cpus: 16}
  network:
    pool: ${pool}   # nothing else on the machine may use it
    shards: ${shards}             # bridges that share the tenants
  # keys:
  #   age: age1…          # \`tenantry secret keygen --node ${name}\` makes it; secrets need it
`;
}
