import Type, { type Static } from 'typebox';
import { defaults } from '../defaults.ts';
import { patterns } from '../patterns.ts';
import { closed, envelope, oneWord } from './envelope.ts';
import { argv, positiveDuration } from './fields.ts';

const spec = closed("A command that runs in the tenant's runtime at set times.", {
  schedule: Type.String({
    description: 'When: minute, hour, day of the month, month, day of the week.',
    pattern: patterns.cron.source,
    maxLength: 200,
  }),
  timezone: Type.Optional(
    Type.String({
      description: 'Time zone of the schedule, by its IANA name.',
      pattern: patterns.timezone.source,
      maxLength: 64,
      default: defaults.job.timezone,
    }),
  ),
  command: argv('Program and arguments; no shell is involved.'),
  timeout: Type.Optional(
    positiveDuration('Time after which it is stopped.', { default: defaults.job.timeout }),
  ),
  concurrency: Type.Optional(
    oneWord('What happens when it is due while it still runs.', ['forbid', 'allow', 'replace'], {
      default: defaults.job.concurrency,
    }),
  ),
});

export const jobSchema = envelope('Job', spec, {
  description: 'A command of a tenant on a schedule.',
  name: 'Name of the job, the same as its file.',
  examples: [
    {
      apiVersion: 'tenantry.dev/v1',
      kind: 'Job',
      metadata: { name: 'digest' },
      spec: {
        schedule: '0 7 * * mon-fri',
        timezone: 'Europe/Berlin',
        command: ['/app/digest', '--send'],
        timeout: '5m',
        concurrency: 'forbid',
      },
    },
  ],
});

export type Job = Static<typeof jobSchema>;
