import { type Command, Option } from 'commander';
import { isEmpty, type Plan } from '../../../reconciler/plan/plan.ts';
import type { NodeStatus } from '../../../reconciler/report/status.ts';
import type { CommandContext } from '../context.ts';
import { addExamples } from '../help.ts';
import { textLog } from '../log.ts';
import {
  branchOption,
  dataDirOption,
  dockerOption,
  formatOption,
  nodeOption,
  repoOption,
  secretsDirOption,
} from '../options.ts';
import { subjectOf } from '../output/history.ts';
import { type PlanView, planLines } from '../output/plan.ts';
import { planMarkdown } from '../output/plan-markdown.ts';
import { problemLines } from '../output/problems.ts';
import { type NodeOptions, type NodeSetup, nodeSetup, openReconciler } from '../reconciler.ts';
import { baseName, resolveRevision, withRepository } from '../repository.ts';

interface PlanOptions extends NodeOptions {
  readonly ref?: string;
  readonly steps?: boolean;
  readonly detailedExitcode?: boolean;
  readonly format: 'text' | 'json' | 'markdown';
}

export function definePlan(command: Command, context: CommandContext): void {
  command
    .description('Compares a revision with what Docker really runs, and changes nothing.')
    .addOption(repoOption())
    .addOption(branchOption())
    .addOption(nodeOption())
    .addOption(new Option('--ref <rev>', 'a commit, branch or tag instead of the newest revision'))
    .addOption(dockerOption())
    .addOption(dataDirOption())
    .addOption(secretsDirOption())
    .addOption(new Option('--steps', 'list each step'))
    .addOption(new Option('--detailed-exitcode', 'end with 0: nothing to do, 2: changes, 1: error'))
    .addOption(formatOption('json', 'markdown'))
    .action(async (options: PlanOptions) => plan(context, options));
  addExamples(command, [
    ['tenantry plan --repo . --node worker-1', 'the newest revision'],
    ['tenantry plan --repo . --node worker-1 --ref my-branch --steps', 'a branch, step by step'],
    ['tenantry plan --repo . --node worker-1 --format markdown', 'for a pull request'],
  ]);
}

async function plan(context: CommandContext, options: PlanOptions): Promise<void> {
  const setup = await nodeSetup(context, options);
  const { revision, subject } = await revisionOf(context, setup, options.ref);
  const made = await makePlan(context, setup, { oid: revision, name: baseName(options.ref ?? setup.branch) });
  // A plan with holds is a plan with changes: they wait, and are still to be looked at.
  if (options.detailedExitcode === true && !(isEmpty(made.plan) && made.plan.holds.length === 0))
    context.exitWith(2);
  if (options.format === 'json') return context.printJson(made.plan);
  const view: PlanView = { plan: made.plan, subject, now: context.now(), steps: options.steps === true };
  if (options.format === 'markdown') return context.print(...planMarkdown(view));
  const { problems } = made.status;
  if (problems.length > 0) context.print(...problemLines(problems, context.colours), '');
  context.print(...planLines(view, context));
}

async function revisionOf(
  context: CommandContext,
  { repo, branch }: NodeSetup,
  ref: string | undefined,
): Promise<{ readonly revision: string; readonly subject: string | null }> {
  return withRepository(context, { repo, branch }, async (repository, head) => {
    const revision = ref === undefined ? head : await resolveRevision(repository, ref, head);
    const [commit] = await repository.commits(revision, { limit: 1 });
    return { revision, subject: commit === undefined ? null : subjectOf(commit) };
  });
}

async function makePlan(
  context: CommandContext,
  setup: NodeSetup,
  revision: { readonly oid: string; readonly name: string },
): Promise<{ readonly plan: Plan; readonly status: NodeStatus }> {
  const log = textLog((line) => context.note(line), context.colours);
  const reconciler = await openReconciler(setup, 'plan', { revision, log, onEvent: () => undefined });
  try {
    return await reconciler.plan();
  } finally {
    await reconciler.close();
  }
}
