import { acmeWith, HERE, type HostileInput, hostile, runtimeWith } from '../entry.ts';
import { document, tenant } from '../fleet.ts';

const domains = [
  'HTTP://EXAMPLE.COM',
  'a..b.example',
  '*.*.example.com',
  'example',
  '127.0.0.1',
  'a_b.example.com',
  'ex\\u0430mple.com',
  'example.com:443',
  'example.com/path',
  '*',
  '-a.example.com',
  `${'a'.repeat(260)}.example.com`,
  '',
  'user@example.com',
  'example.com.',
  'example.com\\n',
].map((domain) =>
  hostile(
    `the domain "${domain.slice(0, 40)}"`,
    document('Site', 'shop', `  domains: [${HERE}"${domain}"]\n  target: {tenant: {name: acme, port: 80}}\n`),
    domain.length > 253 ? 'schema/max-length' : 'schema/pattern',
    '/spec/domains/0',
    { path: 'tenants/acme/sites/shop.yaml' },
  ),
);

const targets: HostileInput[] = [
  ...[
    'file:///etc/passwd',
    'http://user:pw@10.0.0.2/',
    'unix:///var/run/docker.sock',
    'http://a b/',
    'javascript:alert(1)',
    'http://10.0.0.2:99999999/',
    '//10.0.0.2/',
    'http://[::1]/',
  ].map((url) =>
    hostile(
      `a site that leads to ${url}`,
      document(
        'Site',
        'home',
        `  node: worker-1\n  domains: [www.example.com]\n  target: {upstream: ${HERE}"${url}"}\n`,
      ),
      'schema/pattern',
      '/spec/target/upstream',
      { path: 'sites/home.yaml', held: 'everybody' },
    ),
  ),
  hostile(
    'a site of a tenant that leads to another tenant',
    document(
      'Site',
      'shop',
      `  domains: [shop.example.com]\n  target: {tenant: {name: ${HERE}globex, port: 80}}\n`,
    ),
    'policy/foreign-tenant',
    '/spec/target/tenant/name',
    { path: 'tenants/acme/sites/shop.yaml' },
  ),
  hostile(
    'a site of a tenant on another node',
    document(
      'Site',
      'shop',
      `  node: ${HERE}worker-2\n  domains: [shop.example.com]\n  target: {tenant: {name: acme, port: 80}}\n`,
    ),
    'policy/foreign-node',
    '/spec/node',
    { path: 'tenants/acme/sites/shop.yaml' },
  ),
  hostile(
    'a name of Object.prototype as a node',
    tenant('acme').replace('worker-1', `${HERE}constructor`),
    'policy/unknown-name',
    '/spec/node',
  ),
  hostile(
    'a name of Object.prototype as a channel',
    tenant('acme').replace('production', `${HERE}constructor`),
    'policy/unknown-name',
    '/spec/channel',
  ),
  hostile(
    'a name of Object.prototype as a plan',
    acmeWith(`  plan: ${HERE}constructor`),
    'policy/unknown-name',
    '/spec/plan',
  ),
  hostile(
    'a name of Object.prototype as a shared prompt',
    acmeWith(`  library: {prompts: [${HERE}constructor]}`),
    'policy/unknown-name',
    '/spec/library/prompts/0',
  ),
  hostile(
    'a name of Object.prototype as a secret',
    runtimeWith(`    secrets: [${HERE}constructor]`),
    'policy/missing-secret',
    '/spec/runtime/secrets/0',
  ),
  hostile(
    "another tenant's name in its own file",
    tenant('acme').replace('name: acme', `name: ${HERE}globex`),
    'layout/name',
    '/metadata/name',
  ),
  ...[
    'a=b',
    '1A',
    'A-B',
    'A B',
    '',
    'A\\nB',
    'TENANTRY_TENANT',
    '../A',
    'A\\u0430',
    '$(id)',
    'x'.repeat(300),
  ].map((name) =>
    hostile(
      `the secret "${name.slice(0, 40)}"`,
      runtimeWith(`    secrets: [${HERE}"${name}"]`),
      name.length > 63 ? 'schema/max-length' : 'schema/pattern',
      '/spec/runtime/secrets/0',
    ),
  ),
];

/** What a document leads to: domains, addresses, other documents. */
export const leads: readonly HostileInput[] = [...domains, ...targets];
