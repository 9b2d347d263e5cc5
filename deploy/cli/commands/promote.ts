import { type Command, Option } from 'commander';
import { promote } from '../../../desired-state/write/channel-edits.ts';
import type { CommandContext } from '../context.ts';
import { type EditOptions, editOptions, makeEdit } from '../edit.ts';
import { addExamples } from '../help.ts';

interface PromoteOptions extends EditOptions {
  readonly from: string;
  readonly to: string;
  readonly force?: boolean;
}

export function definePromote(command: Command, context: CommandContext): void {
  command
    .description('Copies every pin of one channel to another, in one commit: what has proved itself goes on.')
    .addOption(
      new Option('--from <channel>', 'channel whose images have proved themselves').makeOptionMandatory(),
    )
    .addOption(new Option('--to <channel>', 'channel that gets them').makeOptionMandatory())
    .addOption(
      new Option('--force', 'although the first channel does not say that it promotes to the second'),
    )
    .action(async (options: PromoteOptions) => {
      const { from, to, force = false } = options;
      await makeEdit(context, options, ({ source }) => promote(source, from, to, force));
    });
  addExamples(editOptions(command), [
    ['tenantry promote --from staging --to production', 'what staging runs, for all'],
    ['tenantry promote --from staging --to production --dry-run', 'only look'],
  ]);
}
