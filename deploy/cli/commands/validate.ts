import { relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../errors.ts';
import { addExamples } from '../help.ts';
import { type Judgement, judgeFolder, judgeRevision } from '../judge.ts';
import { branchOption, formatOption } from '../options.ts';
import { problemCount, problemLines, problemsForGithub } from '../output/problems.ts';
import { count, shortId } from '../output/text.ts';
import { repositoryAround, resolveRevision, withRepository } from '../repository.ts';

interface ValidateOptions {
  readonly ref?: string;
  readonly branch: string;
  readonly format: 'text' | 'json' | 'github';
}

export function defineValidate(command: Command, context: CommandContext): void {
  command
    .description(
      'Checks every file against its schema and the rules; reports all problems with their places.',
    )
    .argument('[dir]', 'the repository (default: the one around the current folder)')
    .addOption(
      new Option('--ref <rev>', 'check a commit, branch or tag instead of the files as they are now'),
    )
    .addOption(branchOption())
    .addOption(formatOption('json', 'github'))
    .action(async (dir: string | undefined, options: ValidateOptions) => validate(context, dir, options));
  addExamples(command, [
    ['tenantry validate', 'the files as they are now'],
    ['tenantry validate --ref HEAD~1', 'the commit before the newest'],
    ['tenantry validate --format github', 'marks lines in a pull request'],
  ]);
}

async function validate(
  context: CommandContext,
  dir: string | undefined,
  options: ValidateOptions,
): Promise<void> {
  const folder = await folderOf(context, dir);
  const { judgement, what } = await judge(context, folder, options);
  const { problems, documents, revision } = judgement;
  const valid = problems.every((problem) => problem.severity !== 'error');
  if (!valid) context.exitWith(1);
  if (options.format === 'json') return context.printJson({ valid, revision, documents, problems });
  if (options.format === 'github')
    return context.print(...problemsForGithub(problems, prefix(context, folder)));
  const summary = `${what}: ${count(documents, 'document')}, ${problemCount(problems)}.`;
  context.print(...problemLines(problems, context.colours), summary);
}

async function judge(
  context: CommandContext,
  folder: string,
  { ref, branch }: ValidateOptions,
): Promise<{ readonly judgement: Judgement; readonly what: string }> {
  if (ref === undefined) return { judgement: await judgeFolder(folder), what: folder };
  return withRepository(context, { repo: folder, branch }, async (repository, head) => {
    const revision = await resolveRevision(repository, ref, head);
    return {
      judgement: await judgeRevision(repository, revision),
      what: `${folder} at ${shortId(revision)}`,
    };
  });
}

async function folderOf(context: CommandContext, dir: string | undefined): Promise<string> {
  if (dir !== undefined) return resolve(context.cwd, dir);
  const around = await repositoryAround(context.cwd);
  if (around === null) throw new UsageError('Which repository? Name its folder, or run this inside of it.');
  return around;
}

/** GitHub wants paths from the root of the checkout, which is where the command runs. */
function prefix(context: CommandContext, folder: string): string {
  const path = relative(context.cwd, folder);
  return path === '' || path.startsWith('..') ? '' : `${path}/`;
}
