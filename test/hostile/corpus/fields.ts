import { acmeWith, HERE, type HostileInput, hostile, runtimeWith } from '../entry.ts';
import { tenant } from '../fleet.ts';

/** Fields that there are not, and documents that are none. */
export const fields: readonly HostileInput[] = [
  hostile(
    'an unknown field of the document',
    `${tenant('acme')}${HERE}status: {phase: InSync}\n`,
    'schema/unknown-field',
    '/status',
  ),
  hostile(
    'an unknown field of metadata',
    tenant('acme').replace('name: acme', `name: acme\n  ${HERE}namespace: globex`),
    'schema/unknown-field',
    '/metadata/namespace',
  ),
  hostile(
    'an unknown field of spec',
    acmeWith(`  ${HERE}replicas: 3`),
    'schema/unknown-field',
    '/spec/replicas',
  ),
  hostile(
    'a field in another case',
    acmeWith(`  ${HERE}Channel: production`),
    'schema/unknown-field',
    '/spec/Channel',
  ),
  hostile(
    'a field with a look-alike letter',
    acmeWith(`  ${HERE}im\u0430ge: registry.example.com/runtime:latest`),
    'schema/unknown-field',
    '/spec/im\u0430ge',
  ),
  hostile(
    'a field with a zero-width space',
    acmeWith(`  ${HERE}"image\u200b": registry.example.com/runtime:latest`),
    'schema/unknown-field',
    '/spec/image\u200b',
  ),
  hostile(
    'a field whose name is a pointer',
    acmeWith(`  ${HERE}"../../globex": 1`),
    'schema/unknown-field',
    '/spec/..~1..~1globex',
  ),
  hostile('a field whose name is empty', acmeWith(`  ${HERE}"": 1`), 'schema/unknown-field', '/spec/'),
  hostile(
    'a $ref to a URL',
    acmeWith(`  ${HERE}$ref: http://169.254.169.254/latest/meta-data/`),
    'schema/unknown-field',
    '/spec/$ref',
  ),
  hostile(
    'a $ref to a file',
    `${tenant('acme')}${HERE}$ref: file:///etc/shadow\n`,
    'schema/unknown-field',
    '/$ref',
  ),
  hostile(
    "a $schema of one's own",
    `${HERE}$schema: http://169.254.169.254/schema.json\n${tenant('acme')}`,
    'schema/unknown-field',
    '/$schema',
  ),
  hostile(
    'a $data reference',
    runtimeWith(`    resources: {cpus: ${HERE}{$data: /spec/config}}`),
    'schema/type',
    '/spec/runtime/resources/cpus',
  ),
  hostile(
    'another API version',
    tenant('acme').replace('tenantry.dev/v1', `${HERE}tenantry.dev/v2`),
    'schema/const',
    '/apiVersion',
  ),
  hostile(
    'another kind',
    tenant('acme').replace('kind: Tenant', `kind: ${HERE}Platform`),
    'layout/kind',
    '/kind',
  ),
  hostile(
    'a kind that there is not',
    tenant('acme').replace('kind: Tenant', `kind: ${HERE}Pod`),
    'layout/kind',
    '/kind',
  ),
  hostile(
    'a kind that is a list',
    tenant('acme').replace('kind: Tenant', `kind: ${HERE}[Tenant]`),
    'schema/type',
    '/kind',
  ),
  hostile(
    'a spec that is a list',
    tenant('acme').replace(/spec:[^]*/, `spec: ${HERE}[]\n`),
    'schema/type',
    '/spec',
  ),
  hostile(
    'a spec that is null',
    tenant('acme').replace(/spec:[^]*/, `spec: ${HERE}~\n`),
    'schema/type',
    '/spec',
  ),
  hostile(
    'no spec',
    tenant('acme')
      .replace(/spec:[^]*/, '')
      .replace('apiVersion', `${HERE}apiVersion`),
    'schema/required',
    '/spec',
  ),
  hostile(
    'a free-form part that is a text',
    acmeWith(`  config: ${HERE}"{}"`),
    'schema/type',
    '/spec/config',
  ),
  hostile(
    'an owner that is a command',
    tenant('acme').replace('ops@example.com', `${HERE}"$(id)@example.com; id"`),
    'schema/format',
    '/spec/owner',
  ),
  hostile(
    'an owner with a line end',
    tenant('acme').replace('ops@example.com', `${HERE}"a@example.com\\nBcc: b@example.com"`),
    'schema/format',
    '/spec/owner',
  ),
];
