import { Command, Option } from 'commander';
import type { Person, Repository } from '../../desired-state/git/port.ts';
import { checkFiles } from '../../desired-state/read/check.ts';
import { authorFrom, gitConfig } from '../../desired-state/write/author.ts';
import { commitEdits, commitMessage } from '../../desired-state/write/commit.ts';
import { checkProposal, type Proposal, type SourceFiles } from '../../desired-state/write/edit.ts';
import { sourceAt } from '../../desired-state/write/source-at.ts';
import type { CommandContext } from './context.ts';
import { effectsBetween } from './effects.ts';
import { diffOf } from './file-diff.ts';
import { desiredOrNull } from './judge.ts';
import { branchOption, formatOption, type RepositoryOptions, repoOption } from './options.ts';
import { printable, shortId, wrap } from './output/text.ts';
import { configFolder, withRepository } from './repository.ts';

/** Options of every command that edits. */
export interface EditOptions extends RepositoryOptions {
  readonly dryRun?: boolean;
  readonly format: 'text' | 'json';
}

/** What an edit is made from: the newest revision, and who asks. */
export interface EditBase {
  readonly source: SourceFiles;
  readonly repository: Repository;
  /** Full id of the revision. */
  readonly revision: string;
  readonly author: Person;
}

/** Adds the options that every edit has. */
export function editOptions(command: Command): Command {
  return command
    .addOption(repoOption())
    .addOption(branchOption())
    .addOption(new Option('--dry-run', 'show what would change in the files, and commit nothing'))
    .addOption(formatOption('json'));
}

/**
 * Makes one edit: reads the newest revision, lets `build` propose, refuses what would leave the repository invalid,
 * commits, pushes, and says in words what will follow on the nodes.
 */
export async function makeEdit(
  context: CommandContext,
  options: EditOptions,
  build: (base: EditBase) => Promise<Proposal> | Proposal,
): Promise<void> {
  await withRepository(context, options, async (repository, revision) => {
    const source = await sourceAt(repository, revision);
    const author = await authorFrom(context.env, gitConfig(await configFolder(context, options)));
    const proposal = await build({ source, repository, revision, author });
    checkProposal(source, proposal, (files) => checkFiles(files));
    if (options.dryRun === true) {
      // The commit is made in the command's own mirror and goes nowhere: it only tells what would follow.
      const commit = await unpushed(repository, revision, proposal, author);
      return showDryRun(context, options, proposal, await effectsOf(repository, revision, commit));
    }
    const { commit, parent } = await commitEdits({
      repository,
      base: revision,
      proposal,
      author,
      committer: author,
      signal: context.signal,
    });
    const effects = commit === null ? [] : await effectsOf(repository, parent, commit);
    const { subject, body } = proposal;
    if (options.format === 'json') return context.printJson({ commit, subject, body, effects });
    if (commit === null)
      return context.print(`Nothing to do: the repository says so already (${shortId(revision)}).`);
    context.print(`${context.colours.yellow(shortId(commit))} ${printable(subject)}`);
    // What the subject says already is not said again.
    printSentences(context, [...body.filter((sentence) => !subject.endsWith(sentence)), ...effects]);
  });
}

async function effectsOf(repository: Repository, before: string, after: string): Promise<string[]> {
  return effectsBetween(await desiredOrNull(repository, before), await desiredOrNull(repository, after));
}

async function unpushed(
  repository: Repository,
  parent: string,
  proposal: Proposal,
  author: Person,
): Promise<string> {
  if (proposal.edits.length === 0) return parent;
  const changes = Object.fromEntries(
    proposal.edits.map(({ path, after }) => [path, after === null ? null : new TextEncoder().encode(after)]),
  );
  return repository.commit({ parent, changes, message: commitMessage(proposal), author, committer: author });
}

async function showDryRun(
  context: CommandContext,
  options: EditOptions,
  proposal: Proposal,
  effects: readonly string[],
): Promise<void> {
  const { subject, edits } = proposal;
  const diff = await diffOf(edits);
  if (options.format === 'json') return context.printJson({ commit: null, subject, diff, effects });
  if (edits.length === 0) return context.print('Nothing to do: the repository says so already.');
  context.print(`Would commit: ${printable(subject)}`, ...diff.map((line) => paintDiff(context, line)));
  printSentences(context, effects);
}

function paintDiff({ colours }: CommandContext, line: string): string {
  const text = printable(line);
  if (line.startsWith('+')) return colours.green(text);
  if (line.startsWith('-')) return colours.red(text);
  return line.startsWith('@@') ? colours.cyan(text) : text;
}

function printSentences(context: CommandContext, sentences: readonly string[]): void {
  context.print(...sentences.flatMap((sentence) => wrap(printable(sentence), context.width, '  ')));
}
