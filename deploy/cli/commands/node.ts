import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { joinControl } from '../../../reconciler/link/join.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../errors.ts';
import { addExamples } from '../help.ts';
import { dataRoot } from '../node-data.ts';
import { controlOption, dataDirOption, nodeOption } from '../options.ts';

interface JoinOptions {
  readonly control?: string;
  readonly token?: string;
  readonly node?: string;
  readonly dataDir?: string;
}

export function defineNode(group: Command, context: CommandContext): void {
  group
    .description(
      'What a worker node has to do with its control node. A node that joined tells it what it does.',
    )
    .helpCommand(false);
  addExamples(group, [['tenantry node join --help', 'how a node joins']]);
  const command = group
    .command('join')
    .summary("enrol this node's key at the control node")
    .description(
      "Makes the node's key, if it has none, and exchanges a one-time token for its enrolment. The key stays in the data " +
        'folder. Afterwards `tenantry reconcile --control URL` links the node. Where the control node serves the ' +
        'repository itself, the node gets a Git token for reading it, which is kept beside the key and used by ' +
        '`tenantry reconcile --repo URL/git/platform.git`; TENANTRY_GIT_TOKEN goes before it. Joining again, or revoking ' +
        "the node's key on the page, ends it.",
    )
    .addOption(controlOption())
    .addOption(nodeOption())
    .addOption(
      new Option('--token <token>', 'the one-time token that the control node gave out').env(
        'TENANTRY_JOIN_TOKEN',
      ),
    )
    .addOption(dataDirOption())
    .action(async (options: JoinOptions) => joinAs(context, options));
  addExamples(command, [
    [
      'tenantry node join --control https://control.example.com --node worker-1 --token tnj_…',
      'the control node shows this line',
    ],
  ]);
}

async function joinAs(
  context: CommandContext,
  { control, token, node, dataDir }: JoinOptions,
): Promise<void> {
  if (node === undefined) throw new UsageError('Which node is this? Name it with --node or TENANTRY_NODE.');
  if (control === undefined)
    throw new UsageError('Which control node? Name it with --control or TENANTRY_CONTROL.');
  if (token === undefined) throw new UsageError('A join token is needed: --token or TENANTRY_JOIN_TOKEN.');
  const folder = resolve(context.cwd, dataDir ?? join(dataRoot, node));
  const { readsGit } = await joinControl({ control, node, token, dataDir: folder });
  context.print(`${node} is enrolled at ${control}. \`tenantry reconcile --control ${control}\` links it.`);
  if (readsGit)
    context.print(
      `It may read the repository there, with a token in ${folder} that only its owner can read.`,
    );
}
