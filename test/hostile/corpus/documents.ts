import { acmeWith, HERE, type HostileInput, hostile } from '../entry.ts';
import { document } from '../fleet.ts';

/** The other kinds of documents: the platform, nodes, jobs, prompts, secrets. */
export const documents: readonly HostileInput[] = [
  hostile(
    'a platform that is broken',
    document('Platform', 'test', `  guards: {removal: {percent: ${HERE}-1}}\n`),
    'schema/minimum',
    '/spec/guards/removal/percent',
    { path: 'tenantry.yaml', held: 'everybody' },
  ),
  hostile(
    'a platform that changes its name to another kind of name',
    document('Platform', `${HERE}../test`, '  {}\n'),
    'schema/pattern',
    '/metadata/name',
    { path: 'tenantry.yaml', held: 'everybody' },
  ),
  hostile(
    'an approval of everybody',
    document(
      'Platform',
      'test',
      `  approvals: [{node: worker-1, revision: ${HERE}HEAD, remove: [acme], by: a@example.com, reason: x}]\n`,
    ),
    'schema/pattern',
    '/spec/approvals/0/revision',
    { path: 'tenantry.yaml', held: 'everybody' },
  ),
  hostile(
    'an approval by a wildcard',
    document(
      'Platform',
      'test',
      `  approvals: [{node: worker-1, revision: ${'a'.repeat(40)}, remove: [${HERE}"*"], by: a@example.com, reason: x}]\n`,
    ),
    'schema/pattern',
    '/spec/approvals/0/remove/0',
    { path: 'tenantry.yaml', held: 'everybody' },
  ),
  ...['0.0.0.0/0', '10.0.0.0/33', '10.0.0.0', '::/0', '10.0.0.0/8; id', '256.0.0.0/16', '10.0.0.0/30'].map(
    (pool) =>
      hostile(
        `an address pool of ${pool}`,
        document('Node', 'worker-1', `  network: {pool: ${HERE}"${pool}"}\n`),
        'schema/pattern',
        '/spec/network/pool',
        { path: 'nodes/worker-1.yaml', held: 'everybody' },
      ),
  ),
  ...['* * * *', '* * * * * *', '* * * * $(id)', '@reboot', '* * * * *\\n* * * * * root id'].map((text) =>
    hostile(
      `a schedule of "${text}"`,
      document('Job', 'nightly', `  schedule: ${HERE}"${text}"\n  command: [id]\n`),
      'schema/pattern',
      '/spec/schedule',
      { path: 'tenants/acme/jobs/nightly.yaml' },
    ),
  ),
  ...[
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '*/0 * * * *',
    '5-1 * * * *',
    '1-2-3 * * * *',
    'a * * * *',
  ].map((text) =>
    hostile(
      `the impossible schedule "${text}"`,
      document('Job', 'nightly', `  schedule: ${HERE}"${text}"\n  command: [id]\n`),
      'policy/schedule',
      '/spec/schedule',
      { path: 'tenants/acme/jobs/nightly.yaml' },
    ),
  ),
  hostile(
    'a time zone that is a path',
    document(
      'Job',
      'nightly',
      `  schedule: "@daily"\n  timezone: ${HERE}../../etc/passwd\n  command: [id]\n`,
    ),
    'schema/pattern',
    '/spec/timezone',
    { path: 'tenants/acme/jobs/nightly.yaml' },
  ),
  hostile(
    'a time zone that there is not',
    document('Job', 'nightly', `  schedule: "@daily"\n  timezone: ${HERE}Mars/Olympus\n  command: [id]\n`),
    'policy/timezone',
    '/spec/timezone',
    { path: 'tenants/acme/jobs/nightly.yaml' },
  ),
  hostile(
    'a job whose command is a shell line',
    document('Job', 'nightly', `  schedule: "@daily"\n  command: ${HERE}rm -rf /\n`),
    'schema/type',
    '/spec/command',
    { path: 'tenants/acme/jobs/nightly.yaml' },
  ),
  hostile(
    'a prompt that is empty',
    document('Prompt', 'greeting', `  text: ${HERE}""\n`),
    'schema/min-length',
    '/spec/text',
    { path: 'tenants/acme/prompts/greeting.yaml' },
  ),
  hostile(
    'a secret in plain text',
    document('Secrets', 'acme', `  values: {TOKEN: ${HERE}hunter2}\n`),
    'schema/pattern',
    '/spec/values/TOKEN',
    { path: 'tenants/acme/secrets.yaml' },
  ),
  hostile(
    'a credential in the free-form part',
    acmeWith(`  config: {key: ${HERE}ghp_${'a1'.repeat(18)}}`),
    'policy/plain-secret',
    '/spec/config/key',
  ),
];
