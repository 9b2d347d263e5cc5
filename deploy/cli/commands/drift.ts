import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { addExamples } from '../help.ts';
import { findDataDir, isAlive, type NodeDataOptions, readStatus } from '../node-data.ts';
import { dataDirOption, formatOption, nodeOption } from '../options.ts';
import { driftLines, driftOf } from '../output/drift.ts';
import { headLines } from '../output/status.ts';
import { unknownTenant } from './tenant-read.ts';

interface DriftOptions extends NodeDataOptions {
  readonly exitCode?: boolean;
  readonly format: 'text' | 'json';
}

export function defineDrift(command: Command, context: CommandContext): void {
  command
    .description(
      'Shows where Docker or the disk differ from Git because of another hand: each field, what Git wants and what was ' +
        'found, since when, and the Docker event that made it. As the reconciler of this node saw it last.',
    )
    .argument('[tenant]', 'one tenant')
    .addOption(nodeOption())
    .addOption(dataDirOption())
    .option('--exit-code', 'end with 1 when there is drift')
    .addOption(formatOption('json'))
    .action(async (tenant: string | undefined, options: DriftOptions) => drift(context, tenant, options));
  addExamples(command, [
    ['tenantry drift', 'all tenants of the node'],
    ['tenantry drift acme --exit-code', 'for scripts'],
  ]);
}

async function drift(
  context: CommandContext,
  name: string | undefined,
  options: DriftOptions,
): Promise<void> {
  const status = await readStatus(await findDataDir(context, options));
  const tenants =
    name === undefined ? status.tenants : status.tenants.filter(({ tenant }) => tenant === name);
  if (name !== undefined && tenants.length === 0)
    throw unknownTenant(
      name,
      status.tenants.map(({ tenant }) => tenant),
    );
  const drifted = tenants.filter((tenant) => driftOf(tenant).length > 0);
  if (options.exitCode === true && drifted.length > 0) context.exitWith(1);
  if (options.format === 'json') {
    return context.printJson(
      drifted.map((tenant) => ({ tenant: tenant.tenant, phase: tenant.phase, changes: driftOf(tenant) })),
    );
  }
  const now = context.now();
  const head = headLines({ status, writer: (await isAlive(status)) ? 'running' : 'gone', now }, context);
  context.print(...head, '', ...driftLines(tenants, now, context));
}
