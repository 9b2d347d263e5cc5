import type { Command } from 'commander';
import { pinImages } from '../../../desired-state/write/channel-edits.ts';
import type { CommandContext } from '../context.ts';
import { type EditOptions, editOptions, makeEdit } from '../edit.ts';
import { UsageError } from '../errors.ts';
import { addExamples } from '../help.ts';
import { checkPinned } from '../validate-arguments.ts';

export function definePin(command: Command, context: CommandContext): void {
  command
    .description('Pins images of a channel to one build each, in one commit.')
    .argument('<channel>', 'channel, by the name of its file in channels/')
    .argument(
      '<image=ref...>',
      'name of an image in the channel, and the build: runtime=registry/runtime:sha-4f2c1d9',
    )
    .action(async (channel: string, pins: string[], options: EditOptions) => {
      const images = Object.fromEntries(pins.map(parsePin));
      await makeEdit(context, options, ({ source }) => pinImages(source, channel, images));
    });
  addExamples(editOptions(command), [
    [
      'tenantry pin staging runtime=registry.example.com/runtime:sha-4f2c1d9',
      'a new build for the tenants on staging',
    ],
    ['tenantry pin staging runtime=registry.example.com/runtime:v1.4.2 --dry-run', 'only look'],
  ]);
}

function parsePin(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new UsageError(`"${text}" is not IMAGE=REF, as in runtime=registry/runtime:sha-4f2c1d9.`);
  const [name, ref] = [text.slice(0, equals), text.slice(equals + 1)];
  checkPinned(name, ref);
  return [name, ref];
}
