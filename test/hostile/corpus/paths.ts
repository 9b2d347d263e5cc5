import type { Held, HostileInput } from '../entry.ts';
import { document, fleet, tenant } from '../fleet.ts';

/** A file whose path is what is wrong; its content could stand elsewhere. */
function file(
  path: string,
  code: string,
  held: Held = 'acme',
  content = document('Prompt', 'x', '  text: x\n'),
): HostileInput {
  return {
    name: `the file ${path.slice(0, 80)}`,
    files: { [path]: content },
    expected: { code, path, line: 1, column: 1, pointer: '' },
    held,
  };
}

/** A file where a folder was. */
function inPlaceOf(folder: string, held: Held): HostileInput {
  const lost = Object.keys(fleet).filter((path) => path.startsWith(`${folder}/`));
  const { files, ...entry } = file(folder, 'layout/unknown-file', held, 'x');
  return { ...entry, files: { ...Object.fromEntries(lost.map((path) => [path, null])), ...files } };
}

/** Names of files that Git can hold on every system, and that are no names of documents. */
const oddNames = [
  '-rm',
  'a;id',
  '$(id)',
  'a b',
  'ACME',
  'аcme',
  'ac\u200bme',
  'ac\u202eme',
  '..%2f..',
  'acme.',
  'acme ',
  'con:',
  'a_b',
  'runtime_next',
  'x'.repeat(64),
  '😀',
  'ﬁle',
  '*',
];

const documents: HostileInput[] = oddNames.flatMap((name) => [
  file(
    `tenants/acme/prompts/${name}.yaml`,
    'layout/path-name',
    'acme',
    document('Prompt', JSON.stringify(name), '  text: x\n'),
  ),
  file(
    `tenants/acme/skills/${name}.yaml`,
    'layout/path-name',
    'acme',
    document('Skill', JSON.stringify(name), '  description: x\n  instructions: x\n'),
  ),
  file(
    `tenants/acme/jobs/${name}.yaml`,
    'layout/path-name',
    'acme',
    document('Job', JSON.stringify(name), '  schedule: "@daily"\n  command: [id]\n'),
  ),
  ...(name === 'ACME'
    ? []
    : [file(`tenants/${name}/tenant.yaml`, 'layout/path-name', 'nobody', tenant(JSON.stringify(name)))]),
  file(
    `nodes/${name}.yaml`,
    'layout/path-name',
    'everybody',
    document('Node', JSON.stringify(name), '  {}\n'),
  ),
  file(
    `channels/${name}.yaml`,
    'layout/path-name',
    'everybody',
    document('Channel', JSON.stringify(name), '  images: {runtime: "r.example.com/r:v1.0.0"}\n'),
  ),
  file(
    `library/prompts/${name}.yaml`,
    'layout/path-name',
    'everybody',
    document('Prompt', JSON.stringify(name), '  text: x\n'),
  ),
  file(
    `stacks/${name}/stack.yaml`,
    'layout/path-name',
    'everybody',
    document('Stack', JSON.stringify(name), '  node: worker-1\n'),
  ),
  file(
    `sites/${name}.yaml`,
    'layout/path-name',
    'everybody',
    document(
      'Site',
      JSON.stringify(name),
      '  node: worker-1\n  domains: [x.example.com]\n  target: {static: {body: x}}\n',
    ),
  ),
]);

const places: HostileInput[] = [
  file('tenants/acme/run.sh', 'layout/unknown-file', 'acme', '#!/bin/sh\nid\n'),
  file(
    'tenants/acme/docker-compose.yaml',
    'layout/unknown-file',
    'acme',
    'services: {x: {privileged: true}}\n',
  ),
  file('tenants/acme/tenant.yml', 'layout/unknown-file', 'acme', tenant('acme')),
  file('tenants/acme/Tenant.json', 'layout/unknown-file', 'acme', '{}'),
  file('tenants/acme/prompts/deep/x.yaml', 'layout/unknown-file'),
  file('tenants/acme/prompts/x.txt', 'layout/unknown-file'),
  file('tenants/acme/prompts/.yaml', 'layout/unknown-file'),
  file('tenants/acme/hooks/post-start.yaml', 'layout/unknown-file'),
  file('tenants/acme/constructor/x.yaml', 'layout/unknown-file'),
  file('tenants/acme.yaml', 'layout/unknown-file', 'acme', tenant('acme')),
  inPlaceOf('tenants/acme', 'acme'),
  inPlaceOf('stacks', 'everybody'),
  file('tenants/stray', 'layout/unknown-file', 'nobody', 'x'),
  file('tenants/stray.txt', 'layout/unknown-file', 'nobody', 'x'),
  file('other.yaml', 'layout/unknown-file', 'everybody'),
  file('tenantry.yml', 'layout/unknown-file', 'everybody'),
  file('tenant/acme/tenant.yaml', 'layout/unknown-file', 'everybody', tenant('acme')),
  file('library/scripts/x.yaml', 'layout/unknown-file', 'everybody'),
  file('stacks/tools/.env', 'layout/unknown-file', 'everybody', 'TOKEN=x\n'),
  file('stacks/tools/Dockerfile', 'layout/unknown-file', 'everybody', 'FROM scratch\n'),
];

/** Trees that no revision may hold: the whole revision is refused. Of two twins, the later one is told. */
const trees: HostileInput[] = [
  twin('tenants/Acme/tenant.yaml', 'tenants/acme'),
  twin('tenants/ACME/tenant.yaml', 'tenants/acme'),
  twin('tenants/acme/prompts/Greeting.yaml', 'tenants/acme/prompts/greeting.yaml'),
  twin('nodes/WORKER-1.yaml', 'nodes/worker-1.yaml'),
  twin('Tenantry.yaml', 'tenantry.yaml'),
  file('tenants/acme/prompts/a\\b.yaml', 'git/unsafe-tree', 'everybody'),
];

function twin(path: string, told: string): HostileInput {
  const entry = file(path, 'git/unsafe-tree', 'everybody');
  return { ...entry, expected: { ...entry.expected, path: told } };
}

/** Paths, and what lies at them. Trees that only a forged Git object can hold are in `test/hostile/git`. */
export const paths: readonly HostileInput[] = [...documents, ...places, ...trees];
