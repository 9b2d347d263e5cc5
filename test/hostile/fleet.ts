/**
 * A healthy repository, small and with one of everything: the platform, a node, two channels, two tenants that have
 * nothing to do with each other, shared documents, a site and a stack. Its `acme` is who hostile input is laid to, and
 * `globex` the neighbour whose commits must go on being applied.
 */
export const fleet: Readonly<Record<string, string>> = {
  'tenantry.yaml': document('Platform', 'test', '  plans:\n    pro: {volumes: 4}\n'),
  'nodes/worker-1.yaml': document('Node', 'worker-1', '  network: {pool: 10.210.0.0/16, shards: 4}\n'),
  'channels/production.yaml': document(
    'Channel',
    'production',
    '  images: {runtime: "registry.example.com/runtime:v1.0.0"}\n',
  ),
  'library/prompts/tone.yaml': document('Prompt', 'tone', '  text: Be kind.\n'),
  'sites/home.yaml': document(
    'Site',
    'home',
    '  node: worker-1\n  domains: [www.example.com]\n  target: {static: {body: hello}}\n',
  ),
  'stacks/tools/stack.yaml': document('Stack', 'tools', '  node: worker-1\n'),
  'stacks/tools/compose.yaml': 'services: {}\n',
  'tenants/acme/tenant.yaml': tenant('acme'),
  'tenants/acme/prompts/greeting.yaml': document('Prompt', 'greeting', '  text: Hello.\n'),
  'tenants/globex/tenant.yaml': tenant('globex'),
};

/** A document in block style, the fields of its spec as they are given. */
export function document(kind: string, name: string, spec: string): string {
  return `apiVersion: tenantry.dev/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec:\n${spec}`;
}

export function tenant(name: string, more = ''): string {
  const spec = `  owner: ops@example.com\n  node: worker-1\n  channel: production\n${more}`;
  return document('Tenant', name, spec);
}

export function readFleetFile(path: string): string {
  const text = fleet[path];
  if (text === undefined) throw new Error(`The fleet has no file ${path}.`);
  return text;
}
