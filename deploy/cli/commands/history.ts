import { type Command, Option } from 'commander';
import type { Commit } from '../../../desired-state/git/port.ts';
import type { TenantResult } from '../../../reconciler/apply/run.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../errors.ts';
import { addExamples } from '../help.ts';
import { findDataDir, type NodeDataOptions, readOutcomes } from '../node-data.ts';
import {
  branchOption,
  dataDirOption,
  formatOption,
  nodeOption,
  parseCount,
  type RepositoryOptions,
  repoOption,
} from '../options.ts';
import { historyLines, historyOf, subjectOf } from '../output/history.ts';
import { withRepository } from '../repository.ts';

interface HistoryOptions extends RepositoryOptions, NodeDataOptions {
  readonly limit: number;
  readonly format: 'text' | 'json';
}

/** Commits whose messages are looked up for outcomes. */
const knownCommits = 2_000;

export function defineHistory(command: Command, context: CommandContext): void {
  command
    .description(
      'Joins the commits that touched a tenant with what the node did about it, newest first. Outside of a repository ' +
        'only what the node did is shown, and away from the node only the commits.',
    )
    .argument('[tenant]', 'one tenant; without it, all')
    .addOption(new Option('--limit <n>', 'most entries').argParser(parseCount).default(30))
    .addOption(repoOption())
    .addOption(branchOption())
    .addOption(nodeOption())
    .addOption(dataDirOption())
    .addOption(formatOption('json'))
    .action(async (tenant: string | undefined, options: HistoryOptions) => history(context, tenant, options));
  addExamples(command, [
    ['tenantry history acme', 'one tenant'],
    ['tenantry history acme --limit 5 --format json', 'for other programs'],
  ]);
}

async function history(
  context: CommandContext,
  tenant: string | undefined,
  options: HistoryOptions,
): Promise<void> {
  const commits = await orNote(context, () => commitsOf(context, tenant, options));
  const outcomes = await orNote(context, () => outcomesOf(context, tenant, options));
  if (commits === null && outcomes === null)
    throw new UsageError('There is neither a repository nor a node here. Name --repo or --data-dir.');
  const subjects = new Map(commits?.all.map((commit) => [commit.oid, subjectOf(commit)]));
  const entries = historyOf(commits?.touching ?? [], outcomes ?? [], subjects).slice(0, options.limit);
  if (options.format === 'json') context.printJson(entries);
  else context.print(...historyLines(entries, context));
}

async function commitsOf(
  context: CommandContext,
  tenant: string | undefined,
  options: HistoryOptions,
): Promise<{ readonly all: readonly Commit[]; readonly touching: readonly Commit[] }> {
  return withRepository(context, options, async (repository, head) => {
    const all = await repository.commits(head, { limit: knownCommits });
    if (tenant === undefined) return { all, touching: all.slice(0, options.limit) };
    return {
      all,
      touching: await repository.commits(head, { limit: options.limit, path: `tenants/${tenant}` }),
    };
  });
}

async function outcomesOf(
  context: CommandContext,
  tenant: string | undefined,
  options: HistoryOptions,
): Promise<readonly TenantResult[]> {
  const results = await readOutcomes(await findDataDir(context, options));
  return results.filter((result) => tenant === undefined || result.tenant === tenant).slice(-options.limit);
}

/** One half of the history is worth showing without the other; what is missing is said. */
async function orNote<T>(context: CommandContext, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    context.note(context.colours.dim(error.message));
    return null;
  }
}
