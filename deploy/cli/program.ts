import { Command } from 'commander';
import { type CatalogueEntry, catalogue } from './catalogue.ts';
import type { CommandContext } from './context.ts';
import { addExamples } from './help.ts';
import { packageVersion } from './version.ts';

/**
 * The command line. Nothing runs before `parseAsync`.
 *
 * @param args the commands that are named among them are loaded; of the others only name and summary are known. 'all'
 * loads every command
 */
export async function buildProgram(
  context: CommandContext,
  args: readonly string[] | 'all',
): Promise<Command> {
  const program = new Command('tenantry')
    .description('Keeps many tenants running on plain Docker hosts, from one Git repository.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .option('--verbose', 'show where an unexpected error happened')
    .showSuggestionAfterError()
    .showHelpAfterError('Add --help for what it takes.')
    .exitOverride()
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      getOutHelpWidth: () => context.width,
      getErrHelpWidth: () => context.width,
    });
  const isLoaded = loading(args);
  for (const [heading, entries] of Object.entries(catalogue)) {
    program.commandsGroup(heading);
    for (const entry of entries) {
      const command = program.command(entry.name).summary(entry.summary);
      if (isLoaded(entry)) (await entry.load())(command, context);
    }
  }
  return addExamples(program, [
    ['tenantry demo', 'all of it on this machine'],
    ['tenantry init platform', 'a repository to begin with'],
    ['tenantry plan --repo . --node worker-1', 'what would change, and its cost'],
    ['tenantry tenant restart acme', 'an edit is a commit'],
  ]);
}

function loading(args: readonly string[] | 'all'): (entry: CatalogueEntry) => boolean {
  if (args === 'all') return () => true;
  const named = Object.values(catalogue)
    .flat()
    .filter(({ name }) => args.includes(name));
  return named.some(({ needsAll }) => needsAll === true) ? () => true : (entry) => named.includes(entry);
}
