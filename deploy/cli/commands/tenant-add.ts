import { type Command, Option } from 'commander';
import { addTenant } from '../../../desired-state/write/add-tenant.ts';
import type { CommandContext } from '../context.ts';
import { type EditOptions, editOptions, makeEdit } from '../edit.ts';
import { UsageError } from '../errors.ts';
import { addExamples } from '../help.ts';
import { nodeOption } from '../options.ts';
import { checkName } from '../validate-arguments.ts';

interface AddOptions extends EditOptions {
  readonly owner?: string;
  readonly node?: string;
  readonly channel: string;
  readonly plan?: string;
  readonly subdomain?: string;
}

export function registerTenantAdd(group: Command, context: CommandContext): void {
  const command = group
    .command('add')
    .summary('add a tenant')
    .description(
      'Writes a tenant.yaml with the least that a tenant needs; its comments show what else can be set.',
    )
    .argument('<tenant>', 'name of the new tenant')
    .addOption(nodeOption())
    .addOption(new Option('--channel <channel>', 'channel that its image comes from').default('production'))
    .addOption(new Option('--owner <mail>', 'who answers for it (default: you)'))
    .addOption(new Option('--plan <plan>', 'plan in tenantry.yaml that holds its quotas'))
    .addOption(new Option('--subdomain <name>', "host name below the domain of the node's ingress"))
    .action(async (tenant: string, options: AddOptions) => {
      const { node, channel, owner, plan = null, subdomain = null } = options;
      checkName('The name', tenant);
      if (node === undefined) throw new UsageError('On which node? Name it with --node or TENANTRY_NODE.');
      await makeEdit(context, options, ({ source, author }) =>
        addTenant(source, { name: tenant, node, channel, owner: owner ?? author.email, plan, subdomain }),
      );
    });
  addExamples(editOptions(command), [
    ['tenantry tenant add umbrella --node worker-1 --plan free', 'with the images of production'],
    [
      'tenantry tenant add umbrella --node worker-1 --channel staging --owner ops@umbrella.example',
      'with an owner',
    ],
  ]);
}
