import { Argument, type Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { commandTree } from '../completion/tree.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { CommandContext } from '../context.ts';
import { addExamples } from '../help.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export function defineCompletion(command: Command, context: CommandContext): void {
  const { parent: program } = command;
  if (program === null) throw new Error('completion is a command of the program');
  command
    .description('Prints a script that completes commands, options, their choices and names of tenants.')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(scripts)))
    .action((shell: keyof typeof scripts) => {
      context.print(...scripts[shell](commandTree(program)));
    });
  addExamples(command, [
    ['source <(tenantry completion bash)', 'in ~/.bashrc'],
    ['source <(tenantry completion zsh)', 'in ~/.zshrc, after compinit'],
    ['tenantry completion fish | source', 'in config.fish'],
  ]);
}
