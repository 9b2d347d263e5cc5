import { Command } from 'commander';
import { registerApprove } from './commands/approve.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDrift } from './commands/drift.ts';
import { registerHistory } from './commands/history.ts';
import { registerInit } from './commands/init.ts';
import { registerLogs } from './commands/logs.ts';
import { registerNode } from './commands/node.ts';
import { registerPin } from './commands/pin.ts';
import { registerPlan } from './commands/plan.ts';
import { registerPromote } from './commands/promote.ts';
import { registerReconcile } from './commands/reconcile.ts';
import { registerSecret } from './commands/secret.ts';
import { registerStatus } from './commands/status.ts';
import { registerTenant } from './commands/tenant.ts';
import { registerValidate } from './commands/validate.ts';
import { registerWeb } from './commands/web.ts';
import type { CommandContext } from './context.ts';
import { addExamples } from './help.ts';
import { packageVersion } from './version.ts';

/** The whole command line. Each command registers itself; nothing runs before `parseAsync`. */
export function buildProgram(context: CommandContext): Command {
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
  program.commandsGroup('The repository:');
  for (const register of [registerInit, registerValidate, registerTenant, registerPin, registerPromote])
    register(program, context);
  for (const register of [registerSecret, registerApprove]) register(program, context);
  program.commandsGroup('The node:');
  for (const register of [registerPlan, registerReconcile, registerStatus, registerDrift])
    register(program, context);
  for (const register of [registerHistory, registerLogs, registerNode]) register(program, context);
  program.commandsGroup('The control node:');
  registerWeb(program, context);
  program.commandsGroup('To begin:');
  for (const register of [registerDemo, registerCompletion]) register(program, context);
  return addExamples(program, [
    ['tenantry demo', 'all of it on this machine'],
    ['tenantry init platform', 'a repository to begin with'],
    ['tenantry plan --repo . --node worker-1', 'what would change, and its cost'],
    ['tenantry tenant restart acme', 'an edit is a commit'],
  ]);
}
