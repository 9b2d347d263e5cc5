import { acmeWith, HERE, type Held, type HostileInput, hostile, runtimeWith } from '../entry.ts';
import { document, fleet, tenant } from '../fleet.ts';

/** Names as somebody might choose them to end up elsewhere: in a path, an option, a shell, a header, another's place. */
export const hostileNames: readonly (readonly [what: string, name: string])[] = [
  ['a way up', '../globex'],
  ['two dots', '..'],
  ['one dot', '.'],
  ['an encoded way up', '..%2f..%2fetc'],
  ['an absolute path', '/etc/tenantry'],
  ['a Windows path', 'C:\\\\windows'],
  ['an option', '-rm'],
  ['a long option', '--privileged'],
  ['a shell command', 'a;id'],
  ['a substitution', '$(id)'],
  ['a back quote', '`id`'],
  ['a pipe', 'a|id'],
  ['a glob', '*'],
  ['a line end', 'a\\nb'],
  ['a line end at its end', 'ab\\n'],
  ['a header', 'a\\r\\nHost: b'],
  ['a NUL in disguise', 'a\\u2400b'],
  ['a Cyrillic letter', '\\u0430cme'],
  ['a full-width letter', '\\uff41cme'],
  ['a zero-width space', 'ac\\u200bme'],
  ['a turned direction', 'ac\\u202eme'],
  ['a combining mark', 'acme\\u0301'],
  ['a Turkish dotless i', 'g\\u0131lobex'],
  ['the Kelvin sign', '\\u212aacme'],
  ['upper case', 'ACME'],
  ['a trailing dot', 'acme.'],
  ['a trailing space', 'acme '],
  ['a leading space', ' acme'],
  ['a dash at its end', 'acme-'],
  ['an underscore', 'globex_runtime'],
  ['the suffix of a replacement', 'globex_runtime_next'],
  ['a colon', 'acme:rw'],
  ['a comma', 'acme,readonly'],
  ['an equals sign', 'acme=x'],
  ['a placeholder of a template', '{{.Name}}'],
  ['an emoji', '\\U0001F600'],
  ['300 characters', 'x'.repeat(300)],
  ['nothing', ''],
];

interface Place {
  readonly what: string;
  /** The text around a quoted name. */
  readonly write: (name: string) => string;
  readonly pointer: string;
  readonly path?: string;
  readonly held?: Held;
}

const places: readonly Place[] = [
  {
    what: "the tenant's own name",
    write: (name) => tenant('acme').replace('name: acme', `name: ${name}`),
    pointer: '/metadata/name',
  },
  {
    what: 'a node that is named',
    write: (name) => tenant('acme').replace('node: worker-1', `node: ${name}`),
    pointer: '/spec/node',
  },
  {
    what: 'a channel that is named',
    write: (name) => tenant('acme').replace('channel: production', `channel: ${name}`),
    pointer: '/spec/channel',
  },
  { what: 'a plan that is named', write: (name) => acmeWith(`  plan: ${name}`), pointer: '/spec/plan' },
  { what: 'a subdomain', write: (name) => acmeWith(`  subdomain: ${name}`), pointer: '/spec/subdomain' },
  {
    what: 'a volume',
    write: (name) => runtimeWith(`    volumes: [{name: ${name}, mountPath: /data}]`),
    pointer: '/spec/runtime/volumes/0/name',
  },
  {
    what: 'a shared prompt that is named',
    write: (name) => acmeWith(`  library: {prompts: [${name}]}`),
    pointer: '/spec/library/prompts/0',
  },
  {
    what: 'a shared skill that is named',
    write: (name) => acmeWith(`  library: {skills: [${name}]}`),
    pointer: '/spec/library/skills/0',
  },
  {
    what: "a prompt's own name",
    write: (name) => document('Prompt', name, '  text: x\n'),
    pointer: '/metadata/name',
    path: 'tenants/acme/prompts/greeting.yaml',
  },
  {
    what: "a skill's own name",
    write: (name) => document('Skill', name, '  description: x\n  instructions: x\n'),
    pointer: '/metadata/name',
    path: 'tenants/acme/skills/hours.yaml',
  },
  {
    what: "a job's own name",
    write: (name) => document('Job', name, '  schedule: "@daily"\n  command: [id]\n'),
    pointer: '/metadata/name',
    path: 'tenants/acme/jobs/nightly.yaml',
  },
  {
    what: "a node's own name",
    write: (name) => document('Node', name, '  {}\n'),
    pointer: '/metadata/name',
    path: 'nodes/worker-1.yaml',
    held: 'everybody',
  },
  {
    what: "a channel's own name",
    write: (name) => fleet['channels/production.yaml']?.replace('name: production', `name: ${name}`) ?? '',
    pointer: '/metadata/name',
    path: 'channels/production.yaml',
    held: 'everybody',
  },
  {
    what: "a stack's own name",
    write: (name) => document('Stack', name, '  node: worker-1\n'),
    pointer: '/metadata/name',
    path: 'stacks/tools/stack.yaml',
    held: 'everybody',
  },
  {
    what: "a site's own name",
    write: (name) => fleet['sites/home.yaml']?.replace('name: home', `name: ${name}`) ?? '',
    pointer: '/metadata/name',
    path: 'sites/home.yaml',
    held: 'everybody',
  },
  {
    what: 'a tenant that a site leads to',
    write: (name) =>
      document(
        'Site',
        'shop',
        `  domains: [shop.example.com]\n  target: {tenant: {name: ${name}, port: 80}}\n`,
      ),
    pointer: '/spec/target/tenant/name',
    path: 'tenants/acme/sites/shop.yaml',
  },
];

/** The schema's word for what is wrong with a name at a place; of several, the first. */
function codeOf(name: string): string {
  if (name.length >= 300) return 'schema/max-length';
  return 'schema/pattern';
}

/** Names, wherever one is written. */
export const names: readonly HostileInput[] = places.flatMap(({ what, write, pointer, path, held }) =>
  hostileNames.map(([kind, name]) =>
    hostile(`${what}: ${kind}`, write(`${HERE}"${name}"`), codeOf(name), pointer, {
      ...(path === undefined ? {} : { path }),
      ...(held === undefined ? {} : { held }),
    }),
  ),
);
