import { type Command, Option } from 'commander';
import { approveRemoval } from '../../../desired-state/write/approval-edits.ts';
import type { CommandContext } from '../context.ts';
import { type EditOptions, editOptions, makeEdit } from '../edit.ts';
import { CommandError, UsageError } from '../errors.ts';
import { addExamples } from '../help.ts';
import { findDataDir, readStatus } from '../node-data.ts';
import { dataDirOption, nodeOption } from '../options.ts';
import { resolveRevision } from '../repository.ts';

interface ApproveOptions extends EditOptions {
  readonly node?: string;
  readonly dataDir?: string;
  readonly revision?: string;
  readonly remove?: readonly string[];
  readonly reason: string;
}

export function defineApprove(command: Command, context: CommandContext): void {
  command
    .description(
      'Approves the removal of tenants that a node holds. The approval names these tenants and this revision, and ' +
        'covers nothing else. Read from the status of the node, or named with --revision and --remove elsewhere.',
    )
    .addOption(nodeOption())
    .addOption(dataDirOption())
    .addOption(new Option('--revision <commit>', 'commit at which the tenants were already gone'))
    .addOption(new Option('--remove <tenant...>', 'the tenants that may go'))
    .addOption(new Option('--reason <text>', 'why, for the history').default('the removal is meant'))
    .action(async (options: ApproveOptions) => approve(context, options));
  addExamples(editOptions(command), [
    [
      'tenantry approve --node worker-1 --reason "both contracts ended"',
      'on the node, what `tenantry status` shows as held',
    ],
    ['tenantry approve --node worker-1 --revision 4f2c1d9 --remove acme globex', 'from another machine'],
  ]);
}

async function approve(context: CommandContext, options: ApproveOptions): Promise<void> {
  const { node, remove } = options;
  if (node === undefined) throw new UsageError('On which node? Name it with --node or TENANTRY_NODE.');
  if ((options.revision === undefined) !== (remove === undefined)) {
    throw new UsageError('--revision and --remove belong together: which tenants were gone at which commit.');
  }
  const held =
    options.revision !== undefined && remove !== undefined
      ? { revision: options.revision, remove }
      : await heldOn(context, node, options);
  await makeEdit(context, options, async ({ source, repository, revision, author }) => {
    const gone = await resolveRevision(repository, held.revision, revision);
    return approveRemoval(source, {
      node,
      revision: gone,
      remove: held.remove,
      by: author.email,
      reason: options.reason,
    });
  });
}

async function heldOn(
  context: CommandContext,
  node: string,
  options: ApproveOptions,
): Promise<{ readonly revision: string; readonly remove: readonly string[] }> {
  const dataDir = await findDataDir(context, options);
  const status = await readStatus(dataDir);
  if (status.node !== node)
    throw new CommandError(`${dataDir} is of the node ${status.node}, not of ${node}.`);
  const remove = status.holds.flatMap((hold) => hold.tenants);
  if (remove.length === 0) throw new CommandError(`${node} holds nothing: there is nothing to approve.`);
  return { revision: status.revision, remove };
}
