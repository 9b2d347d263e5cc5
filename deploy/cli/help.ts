import type { Command } from 'commander';

/** Adds examples to a command's help: what to type, and what it does. Every command has some. */
export function addExamples(command: Command, examples: readonly (readonly [string, string])[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const inline = examples.every(([line, what]) => width + what.length <= 73 && line.length <= 44);
  const lines = examples.flatMap(([line, what]) =>
    inline ? [`  $ ${line.padEnd(width)}   ${what}`] : [`  ${what}`, `    $ ${line}`],
  );
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
