import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { addExamples } from '../help.ts';
import { findDataDir, isAlive, type NodeDataOptions, readStatus } from '../node-data.ts';
import { dataDirOption, formatOption, nodeOption } from '../options.ts';
import { type StatusView, statusLines, tenantStatusLines } from '../output/status.ts';
import { unknownTenant } from './tenant-read.ts';

interface StatusOptions extends NodeDataOptions {
  readonly format: 'text' | 'json';
}

export function defineStatus(command: Command, context: CommandContext): void {
  command
    .description(
      'Shows what the reconciler of this node wrote last, and how old that is. Ends with 1 when a tenant is Failed, ' +
        'Held or Degraded.',
    )
    .argument('[tenant]', 'one tenant with all that is known of it')
    .addOption(nodeOption())
    .addOption(dataDirOption())
    .addOption(formatOption('json'))
    .action(async (tenant: string | undefined, options: StatusOptions) => status(context, tenant, options));
  addExamples(command, [
    ['tenantry status', 'all tenants of the node'],
    ['tenantry status acme', 'one tenant'],
    ['tenantry status --format json', 'for other programs'],
  ]);
}

const bad = new Set(['Failed', 'Held', 'Degraded']);

async function status(
  context: CommandContext,
  name: string | undefined,
  options: StatusOptions,
): Promise<void> {
  const node = await readStatus(await findDataDir(context, options));
  const alive = await isAlive(node);
  const tenant = name === undefined ? null : node.tenants.find((candidate) => candidate.tenant === name);
  if (tenant === undefined)
    throw unknownTenant(
      name ?? '',
      node.tenants.map((candidate) => candidate.tenant),
    );
  const shown = tenant === null ? node.tenants : [tenant];
  if (shown.some(({ phase }) => bad.has(phase))) context.exitWith(1);
  if (options.format === 'json') return context.printJson(tenant ?? { ...node, alive });
  const view: StatusView = { status: node, writer: alive ? 'running' : 'gone', now: context.now() };
  context.print(...(tenant === null ? statusLines(view, context) : tenantStatusLines(view, tenant, context)));
}
