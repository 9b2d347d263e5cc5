import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classifyPath, type Placement } from '../../schemas/layout.ts';

const documents: readonly [string, Placement][] = [
  ['tenantry.yaml', { type: 'document', kind: 'Platform', name: null }],
  ['nodes/worker-1.yaml', { type: 'document', kind: 'Node', name: 'worker-1' }],
  ['channels/production.yaml', { type: 'document', kind: 'Channel', name: 'production' }],
  ['tenants/acme/tenant.yaml', { type: 'document', kind: 'Tenant', name: 'acme', tenant: 'acme' }],
  ['tenants/acme/secrets.yaml', { type: 'document', kind: 'Secrets', name: 'acme', tenant: 'acme' }],
  [
    'tenants/acme/prompts/greeting.yaml',
    { type: 'document', kind: 'Prompt', name: 'greeting', tenant: 'acme' },
  ],
  ['tenants/acme/skills/hours.yaml', { type: 'document', kind: 'Skill', name: 'hours', tenant: 'acme' }],
  ['tenants/acme/jobs/digest.yaml', { type: 'document', kind: 'Job', name: 'digest', tenant: 'acme' }],
  ['tenants/acme/sites/shop.yaml', { type: 'document', kind: 'Site', name: 'shop', tenant: 'acme' }],
  ['library/prompts/tone.yaml', { type: 'document', kind: 'Prompt', name: 'tone' }],
  ['library/skills/hours.yaml', { type: 'document', kind: 'Skill', name: 'hours' }],
  ['sites/www.yaml', { type: 'document', kind: 'Site', name: 'www' }],
  ['stacks/monitoring/stack.yaml', { type: 'document', kind: 'Stack', name: 'monitoring' }],
  ['stacks/monitoring/compose.yaml', { type: 'attachment', stack: 'monitoring' }],
];

test.each(documents)('%s is a file of the language', (path, placement) => {
  expect(classifyPath(path)).toEqual(placement);
});

test.each([
  'README.md',
  'tenants/README.md',
  'tenants/acme/NOTES.md',
  '.gitignore',
  'tenants/.gitkeep',
  '.github/workflows/check.yaml',
  '.ci/run',
  'CODEOWNERS',
  'LICENSE',
  'scripts/anything.sh',
  'docs/nested/example.yaml',
  '.pre-commit-config.yaml',
])('%s is left to people', (path) => {
  expect(classifyPath(path)).toEqual({ type: 'ignored' });
});

test.each([
  ['tenantry.yml', 'Rename it to `tenantry.yaml`.'],
  ['tenant.yaml', 'The only YAML file at the root'],
  ['tenants', '`tenants/` is a folder'],
  ['nodes', '`nodes/` is a folder'],
  ['tenants/acme', 'bring that back'],
  ['tenants/acme.yaml', 'move it to `tenants/acme/tenant.yaml`'],
  ['tenants/acme/tenent.yaml', 'did you mean `tenant.yaml`?'],
  ['tenants/acme/tenant.yml', 'did you mean `tenant.yaml`?'],
  ['tenants/acme/config.json', "A tenant's folder holds"],
  ['tenants/acme/promts/x.yaml', 'did you mean `prompts/`?'],
  ['tenants/acme/files/x.yaml', 'holds `prompts/`, `skills/`, `jobs/`, `sites/`'],
  ['tenants/acme/prompts/x.yml', 'Rename it to `x.yaml`.'],
  ['tenants/acme/prompts/x.txt', '`tenants/acme/prompts/` holds one YAML file'],
  ['tenants/acme/prompts/a/b.yaml', 'lie right in it'],
  ['tenants/acme/constructor/x.yaml', 'holds `prompts/`'],
  ['library/jobs/x.yaml', '`library/` holds `prompts/`, `skills/`'],
  ['library/x.yaml', '`library/` holds `prompts/`, `skills/`'],
  ['nodes/a/b.yaml', 'lie right in it'],
  ['nodes/.yaml', 'holds one YAML file'],
  ['stacks/x.yaml', 'A stack is a folder'],
  ['stacks/x/stack.yml', 'Rename it to `stack.yaml`.'],
  ['stacks/x/y/z.yaml', "A stack's folder holds"],
  ['tenant/acme/tenant.yaml', 'did you mean `tenants/`?'],
  ['channel/production.yaml', 'did you mean `channels/`?'],
])('%s is in the wrong place: %s', (path, reason) => {
  const place = classifyPath(path);
  expect(place.type === 'unknown' ? place.reason : place).toContain(reason);
});

test('Any path gets an answer, and a document below tenants/ always knows its tenant', () => {
  const part = fc.constantFrom(
    'tenants',
    'acme',
    'prompts',
    'library',
    '..',
    '',
    'tenant.yaml',
    'x.yaml',
    '__proto__',
    'stacks',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 6 }), (parts) => {
      const place = classifyPath(parts.join('/'));
      if (place.type === 'document' && parts[0] === 'tenants') expect(place.tenant).toBe(parts[1]);
    }),
  );
});
