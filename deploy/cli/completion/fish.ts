import { type CommandNode, type OptionNode, tenantNames } from './tree.ts';

/** A completion script for fish: one line for each command and option, under the condition that its path was typed. */
export function fishCompletion(tree: readonly CommandNode[]): string[] {
  return ['# fish completion for tenantry', 'complete -c tenantry -f', ...tree.flatMap(linesOf)];
}

function linesOf(node: CommandNode): string[] {
  const condition = conditionOf(node);
  const commands = node.commands.map(
    ({ name, summary }) => `complete -c tenantry -n '${condition}' -a ${name} -d ${quoted(summary)}`,
  );
  const options = node.options.map(
    (option) => `complete -c tenantry -n '${condition}' ${optionWords(option)}`,
  );
  return [...commands, ...options, ...argumentLines(node, condition)];
}

/** True while exactly this command was typed, and none of its own commands yet. */
function conditionOf({ path, commands }: CommandNode): string {
  const typed = path.map((name) => `__fish_seen_subcommand_from ${name}`);
  const none =
    commands.length === 0
      ? []
      : [`not __fish_seen_subcommand_from ${commands.map(({ name }) => name).join(' ')}`];
  return [...typed, ...none].join('; and ') || 'true';
}

function optionWords({ flags, description, value }: OptionNode): string {
  const words = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  if (value === 'folder') words.push('-r -F');
  else if (value === 'any') words.push('-x');
  else if (value !== null) words.push(`-x -a '${value.join(' ')}'`);
  return `${words.join(' ')} -d ${quoted(description)}`;
}

function argumentLines({ argument }: CommandNode, condition: string): string[] {
  if (argument === null) return [];
  if (argument === 'folder') return [`complete -c tenantry -n '${condition}' -F`];
  const words = argument === 'tenant' ? `(${tenantNames})` : argument.join(' ');
  return [`complete -c tenantry -n '${condition}' -a '${words}'`];
}

/** Single quotes: fish knows `\\'` and `\\\\` inside of them. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
