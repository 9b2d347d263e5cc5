import { type Command, InvalidArgumentError, Option } from 'commander';
import { resume, suspend } from '../../../desired-state/write/tenant-edits.ts';
import { parseInstant } from '../../../schemas/quantity.ts';
import type { CommandContext } from '../context.ts';
import { type EditOptions, editOptions, makeEdit } from '../edit.ts';
import { addExamples } from '../help.ts';

interface SuspendOptions extends EditOptions {
  readonly until?: number;
  readonly for?: number;
  readonly reason: string;
}

const hour = 3_600_000;
const units: Readonly<Record<string, number>> = { m: 60_000, h: hour, d: 24 * hour };

/** `suspend` and `resume`. */
export function registerTenantSuspension(group: Command, context: CommandContext): void {
  const suspending = group
    .command('suspend')
    .summary('leave the tenant alone for a time')
    .description(
      'Until then the node changes nothing of the tenant, whatever Git or others do. It ends by itself.',
    )
    .argument('<tenant>', 'tenant')
    .addOption(
      new Option('--until <time>', 'end, as in 2026-12-01T00:00Z').argParser(parseUntil).conflicts('for'),
    )
    .addOption(new Option('--for <time>', 'how long: 30m, 4h or 2d').argParser(parseFor).default(hour, '1h'))
    .addOption(new Option('--reason <text>', 'why, for the others').makeOptionMandatory())
    .action(async (tenant: string, options: SuspendOptions) => {
      const now = new Date(context.now());
      const until = new Date(options.until ?? now.getTime() + (options.for ?? hour));
      until.setUTCMilliseconds(0);
      await makeEdit(context, options, ({ source, author }) =>
        suspend(source, tenant, { until, reason: options.reason, owner: author.email }, now),
      );
    });
  addExamples(editOptions(suspending), [
    ['tenantry tenant suspend acme --for 2h --reason "moving its data"', 'by hand for a while'],
    ['tenantry tenant suspend acme --until 2026-12-01T00:00Z --reason migration', 'until a day'],
  ]);
  const resuming = group
    .command('resume')
    .summary('end a suspension before its time')
    .description('Removes the suspension: the node brings the tenant to what Git says.')
    .argument('<tenant>', 'tenant')
    .action(async (tenant: string, options: EditOptions) => {
      await makeEdit(context, options, ({ source }) => resume(source, tenant));
    });
  addExamples(editOptions(resuming), [['tenantry tenant resume acme', 'from now on as Git says']]);
}

function parseUntil(text: string): number {
  const at = parseInstant(text);
  if (at === null)
    throw new InvalidArgumentError('Write a date and time with its zone, as in 2026-12-01T00:00Z.');
  return at;
}

function parseFor(text: string): number {
  const [, number, unit] = /^([1-9]\d{0,3})([mhd])$/.exec(text) ?? [];
  if (number === undefined || unit === undefined) throw new InvalidArgumentError('Write 30m, 4h or 2d.');
  return Number(number) * (units[unit] ?? hour);
}
