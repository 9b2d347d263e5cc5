import type { Command } from 'commander';
import type { CommandContext } from './context.ts';

/** Gives a command its options, its help and what it does. */
type Define = (command: Command, context: CommandContext) => void;

export interface CatalogueEntry {
  readonly name: string;
  readonly summary: string;
  /** Loads the command and what it needs: half a second of processor time for all of them, so only who is asked for. */
  readonly load: () => Promise<Define>;
  /** It tells of all the others. */
  readonly needsAll?: true;
}

/** The commands in the order of the help, by the headings there. */
export const catalogue: Readonly<Record<string, readonly CatalogueEntry[]>> = {
  'The repository:': [
    {
      name: 'init',
      summary: 'write a repository to begin with',
      load: async () => (await import('./commands/init.ts')).defineInit,
    },
    {
      name: 'validate',
      summary: 'check the repository',
      load: async () => (await import('./commands/validate.ts')).defineValidate,
    },
    {
      name: 'tenant',
      summary: 'list, show and edit tenants',
      load: async () => (await import('./commands/tenant.ts')).defineTenant,
    },
    {
      name: 'pin',
      summary: 'pin images of a channel',
      load: async () => (await import('./commands/pin.ts')).definePin,
    },
    {
      name: 'promote',
      summary: 'give one channel the images of another',
      load: async () => (await import('./commands/promote.ts')).definePromote,
    },
    {
      name: 'secret',
      summary: 'keys and encrypted values',
      load: async () => (await import('./commands/secret.ts')).defineSecret,
    },
    {
      name: 'approve',
      summary: 'let a held removal happen',
      load: async () => (await import('./commands/approve.ts')).defineApprove,
    },
  ],
  'The node:': [
    {
      name: 'plan',
      summary: 'what would change on a node',
      load: async () => (await import('./commands/plan.ts')).definePlan,
    },
    {
      name: 'reconcile',
      summary: 'bring a node to what Git says, and keep it there',
      load: async () => (await import('./commands/reconcile.ts')).defineReconcile,
    },
    {
      name: 'status',
      summary: 'where the tenants of this node stand',
      load: async () => (await import('./commands/status.ts')).defineStatus,
    },
    {
      name: 'drift',
      summary: 'what others changed on this node',
      load: async () => (await import('./commands/drift.ts')).defineDrift,
    },
    {
      name: 'history',
      summary: 'commits and what became of them',
      load: async () => (await import('./commands/history.ts')).defineHistory,
    },
    {
      name: 'logs',
      summary: "print a tenant's output",
      load: async () => (await import('./commands/logs.ts')).defineLogs,
    },
    {
      name: 'node',
      summary: 'a worker and its control node',
      load: async () => (await import('./commands/node.ts')).defineNode,
    },
  ],
  'The control node:': [
    {
      name: 'web',
      summary: 'the control node: API, page, store, node link, Git server',
      load: async () => (await import('./commands/web.ts')).defineWeb,
    },
  ],
  'To begin:': [
    {
      name: 'demo',
      summary: 'all of it on this machine',
      load: async () => (await import('./commands/demo.ts')).defineDemo,
    },
    {
      name: 'completion',
      summary: 'a completion script for your shell',
      load: async () => (await import('./commands/completion.ts')).defineCompletion,
      needsAll: true,
    },
  ],
};
