import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { acquireHostLock, type HostLock } from '../../../reconciler/adapters/host-lock.ts';
import { ReconcilerError } from '../../../reconciler/errors.ts';
import type { CommandContext } from '../context.ts';
import { removeDemo } from '../demo/down.ts';
import { type DemoNames, demoDir, demoNames } from '../demo/names.ts';
import { runDemo } from '../demo/run.ts';
import { CommandError } from '../errors.ts';
import { addExamples } from '../help.ts';
import { dockerOption } from '../options.ts';

interface DemoOptions {
  readonly dir: string;
  readonly docker?: string;
  readonly down?: boolean;
}

export function defineDemo(command: Command, context: CommandContext): void {
  command
    .description(
      'Builds a small tenant runtime, makes a repository with three tenants, brings them up on the Docker Engine of this ' +
        'machine, and keeps reconciling until Ctrl-C. --down removes every trace, volumes too.',
    )
    .addOption(new Option('--dir <dir>', 'where the demo keeps everything').default(demoDir))
    .addOption(dockerOption())
    .addOption(new Option('--down', 'remove everything that the demo made'))
    .action(async (options: DemoOptions) => demo(context, options));
  addExamples(command, [
    ['tenantry demo', 'until Ctrl-C; the tenants run on'],
    ['tenantry demo --down', 'remove every trace'],
  ]);
}

async function demo(context: CommandContext, { dir, docker, down = false }: DemoOptions): Promise<void> {
  const names = demoNames(resolve(context.cwd, dir));
  const lock = await lockDemo(names);
  try {
    if (down) return await removeDemo(context, names, docker);
    await runDemo(context, names, docker);
    const here = names.dir === demoDir ? '' : ` --dir ${names.dir}`;
    context.print(
      '',
      'The tenants run on. `npm run demo:down` removes everything',
      `(or: npx tenantry demo --down${here}).`,
    );
  } finally {
    await lock.release();
  }
}

/** One demo a folder, from the first image to the last line. */
async function lockDemo({ dir }: DemoNames): Promise<HostLock> {
  try {
    return await acquireHostLock(`demo ${dir}`);
  } catch (error) {
    if (!(error instanceof ReconcilerError) || error.code !== 'lock/held') throw error;
    const who = /process \d+ since \S+/.exec(error.message)?.[0] ?? 'another process';
    throw new CommandError(
      `The demo in ${dir} runs already (${who.replace(/;$/, '')}): end it there with Ctrl-C first.`,
      { cause: error },
    );
  }
}
