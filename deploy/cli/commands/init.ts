import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { authorFrom, gitConfig } from '../../../desired-state/write/author.ts';
import { initRepository } from '../../../desired-state/write/init-repository.ts';
import { starterFiles } from '../../../desired-state/write/starter.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../errors.ts';
import { addExamples } from '../help.ts';
import { formatOption } from '../options.ts';
import { shortId } from '../output/text.ts';
import { checkName, checkPinned } from '../validate-arguments.ts';

interface InitOptions {
  readonly image?: string;
  readonly platform: string;
  readonly recoveryKey?: string;
  readonly format: 'text' | 'json';
}

export function defineInit(command: Command, context: CommandContext): void {
  command
    .description(
      'Writes the starter repository into a new folder, as a Git repository with its first commit.',
    )
    .argument('<dir>', 'new or empty folder')
    .addOption(new Option('--image <ref>', 'pinned image of the tenant runtime, for both channels'))
    .addOption(
      new Option(
        '--platform <name>',
        'name of the installation, part of the labels of its containers',
      ).default('example'),
    )
    .addOption(
      new Option('--recovery-key <age1…>', 'age recipient of an operator, who can then read every secret'),
    )
    .addOption(formatOption('json'))
    .action(async (dir: string, options: InitOptions) => init(context, dir, options));
  addExamples(command, [
    ['tenantry init platform', 'a repository in ./platform'],
    [
      'tenantry init platform --image registry.example.com/runtime:sha-4f2c1d9',
      'with the image that the tenants run',
    ],
  ]);
}

async function init(context: CommandContext, dir: string, options: InitOptions): Promise<void> {
  checkName('--platform', options.platform);
  if (options.image !== undefined) checkPinned('--image', options.image);
  if (options.recoveryKey !== undefined && !options.recoveryKey.startsWith('age1')) {
    throw new UsageError('--recovery-key wants an age recipient, which begins with age1.');
  }
  const author = await authorFrom(context.env, gitConfig(context.cwd));
  const { platform, image, recoveryKey } = options;
  const files = await starterFiles({
    platform,
    ...(image === undefined ? {} : { image }),
    ...(recoveryKey === undefined ? {} : { recoveryKey }),
  });
  const folder = resolve(context.cwd, dir);
  const commit = await initRepository(folder, files, author);
  if (options.format === 'json') return context.printJson({ folder, commit, files: Object.keys(files) });
  context.print(
    `Wrote ${folder}: 1 node, 2 channels, 3 tenants; first commit ${shortId(commit)}.`,
    '',
    'Next:',
    `  cd ${dir}`,
    '  tenantry validate',
    '  tenantry plan --repo . --node worker-1',
  );
}
