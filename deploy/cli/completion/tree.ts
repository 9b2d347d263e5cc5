import type { Command } from 'commander';

/** What a completion script needs to know of a command. */
export interface CommandNode {
  /** Words after `tenantry`, as in `tenant start`; empty for the program itself. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly OptionNode[];
  /** What the first argument is, where names can be offered. */
  readonly argument: 'tenant' | 'folder' | readonly string[] | null;
}

export interface OptionNode {
  /** `--format`, `-f` */
  readonly flags: readonly string[];
  readonly description: string;
  /** What follows the option; null when nothing does. */
  readonly value: 'any' | 'folder' | readonly string[] | null;
}

/** The program and all its commands, outer ones first. */
export function commandTree(program: Command): CommandNode[] {
  const walk = (command: Command, path: readonly string[]): CommandNode[] => [
    nodeOf(command, path),
    ...command.commands.flatMap((child) => walk(child, [...path, child.name()])),
  ];
  return walk(program, []);
}

function nodeOf(command: Command, path: readonly string[]): CommandNode {
  return {
    path,
    summary: command.summary() || command.description(),
    commands: command.commands.map((child) => ({ name: child.name(), summary: child.summary() })),
    options: command.options.map((option) => ({
      flags: [option.long, option.short].filter((flag): flag is string => typeof flag === 'string'),
      description: option.description,
      value: !(option.required || option.optional)
        ? null
        : (option.argChoices ?? (/<(.*\b)?dir\b|<file>/.test(option.flags) ? 'folder' : 'any')),
    })),
    argument: argumentOf(command),
  };
}

function argumentOf(command: Command): CommandNode['argument'] {
  const [first] = command.registeredArguments;
  if (first === undefined) return null;
  if (first.argChoices !== undefined) return first.argChoices;
  if (first.name() === 'tenant') return 'tenant';
  return first.name() === 'dir' ? 'folder' : null;
}

/** Commands that offer the names of tenants, as the shell runs them. */
export const tenantNames = 'tenantry tenant list --names 2>/dev/null';
