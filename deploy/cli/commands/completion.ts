import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { commandTree } from '../completion/tree.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { CommandContext } from '../context.ts';
import { addExamples } from '../help.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export function registerCompletion(parent: Command, context: CommandContext): void {
  const command = parent
    .command('completion')
    .summary('a completion script for your shell')
    .description('Prints a script that completes commands, options, their choices and names of tenants.')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(scripts)))
    .action((shell: keyof typeof scripts) => {
      context.print(...scripts[shell](commandTree(parent)));
    });
  addExamples(command, [
    ['source <(tenantry completion bash)', 'in ~/.bashrc'],
    ['source <(tenantry completion zsh)', 'in ~/.zshrc, after compinit'],
    ['tenantry completion fish | source', 'in config.fish'],
  ]);
}
