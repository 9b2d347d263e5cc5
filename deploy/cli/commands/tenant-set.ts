import { type Command, Option } from 'commander';
import { parseAssignment, parseFieldPath, setFields } from '../../../desired-state/write/set-fields.ts';
import type { CommandContext } from '../context.ts';
import { type EditOptions, editOptions, makeEdit } from '../edit.ts';
import { UsageError } from '../errors.ts';
import { addExamples } from '../help.ts';

interface SetOptions extends EditOptions {
  readonly unset?: readonly string[];
}

export function registerTenantSet(group: Command, context: CommandContext): void {
  const command = group
    .command('set')
    .summary('change fields of a tenant')
    .description(
      'Sets fields of tenant.yaml below `spec`, and keeps its comments and order. Texts are taken as they stand, other ' +
        'values are YAML. What the schema refuses is not committed.',
    )
    .argument('<tenant>', 'tenant')
    .argument('[field=value...]', 'field and its new value: runtime.env.LOG_LEVEL=debug')
    .addOption(new Option('--unset <field...>', 'fields to remove'))
    .action(async (tenant: string, assignments: string[], options: SetOptions) => {
      const { unset = [] } = options;
      if (assignments.length + unset.length === 0)
        throw new UsageError('Name at least one FIELD=VALUE or --unset FIELD.');
      const changes = [
        ...assignments.map(parseAssignment),
        ...unset.map((field) => ({ path: parseFieldPath(field) })),
      ];
      await makeEdit(context, options, ({ source }) => setFields(source, tenant, changes));
    });
  addExamples(editOptions(command), [
    ['tenantry tenant set acme runtime.env.LOG_LEVEL=debug', 'one variable'],
    ['tenantry tenant set acme runtime.resources.memory=512Mi', 'a limit; nothing restarts'],
    ['tenantry tenant set acme --unset plan', 'remove a field'],
  ]);
}
