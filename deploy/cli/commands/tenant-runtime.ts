import { type Command, Option } from 'commander';
import type { Proposal } from '../../../desired-state/write/edit.ts';
import { setFields } from '../../../desired-state/write/set-fields.ts';
import { sourceAt } from '../../../desired-state/write/source-at.ts';
import { removeTenant, restart, rollback, setState } from '../../../desired-state/write/tenant-edits.ts';
import type { CommandContext } from '../context.ts';
import { type EditBase, type EditOptions, editOptions, makeEdit } from '../edit.ts';
import { addExamples } from '../help.ts';
import { resolveRevision } from '../repository.ts';

/** A command that is one verb on one tenant. */
interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly build: (base: EditBase, tenant: string, now: Date) => Proposal;
}

const verbs: readonly Verb[] = [
  {
    name: 'start',
    summary: 'start the runtime',
    description: 'Sets runtime.state to running.',
    build: ({ source }, tenant) => setState(source, tenant, 'running'),
  },
  {
    name: 'stop',
    summary: 'stop the runtime, until it is started again',
    description: 'Sets runtime.state to stopped. Volumes, files and the container stay.',
    build: ({ source }, tenant) => setState(source, tenant, 'stopped'),
  },
  {
    name: 'restart',
    summary: 'restart the runtime once',
    description: 'Gives the runtime a new restart token, which restarts it exactly once.',
    build: ({ source }, tenant, now) => restart(source, tenant, now),
  },
  {
    name: 'remove',
    summary: 'remove the tenant; its volumes stay',
    description:
      'Deletes the folder of the tenant. The node removes its container and files, and keeps its volumes.',
    build: ({ source }, tenant) => removeTenant(source, tenant),
  },
  {
    name: 'pair',
    summary: 'ask the runtime once to pair an account',
    description:
      'Sets a new pairing token. The runtime shows one QR code: `tenantry status <tenant>` tells how it went.',
    build: ({ source }, tenant, now) => token(source, tenant, 'pairing', now),
  },
  {
    name: 'disconnect',
    summary: 'ask the runtime once to disconnect its account',
    description: 'Sets a new disconnect token.',
    build: ({ source }, tenant, now) => token(source, tenant, 'disconnect', now),
  },
];

/** `start`, `stop`, `restart`, `remove`, `pair`, `disconnect` and `rollback`. */
export function registerTenantRuntime(group: Command, context: CommandContext): void {
  for (const { name, summary, description, build } of verbs) {
    const command = group
      .command(name)
      .summary(summary)
      .description(description)
      .argument('<tenant>', 'tenant')
      .action(async (tenant: string, options: EditOptions) => {
        await makeEdit(context, options, (base) => build(base, tenant, new Date(context.now())));
      });
    addExamples(editOptions(command), [
      [`tenantry tenant ${name} acme`, summary],
      [`tenantry tenant ${name} acme --dry-run`, 'only look'],
    ]);
  }
  registerRollback(group, context);
}

function registerRollback(group: Command, context: CommandContext): void {
  const command = group
    .command('rollback')
    .summary('bring back what the tenant was')
    .description(
      "Restores the tenant's folder as it was in an earlier revision, as a new commit. Channels and library stay.",
    )
    .argument('<tenant>', 'tenant')
    .addOption(new Option('--to <rev>', 'earlier commit, branch or tag').makeOptionMandatory())
    .action(async (tenant: string, options: EditOptions & { readonly to: string }) => {
      await makeEdit(context, options, async ({ source, repository, revision }) => {
        const earlier = await resolveRevision(repository, options.to, revision);
        return rollback(source, { revision: earlier, files: await sourceAt(repository, earlier) }, tenant);
      });
    });
  addExamples(editOptions(command), [
    ['tenantry history acme', 'which revisions there were'],
    ['tenantry tenant rollback acme --to 4f2c1d9', 'back to that one'],
  ]);
}

/** Tokens act once for each new value; the time as value tells in the history when. */
function token(
  source: EditBase['source'],
  tenant: string,
  field: 'pairing' | 'disconnect',
  now: Date,
): Proposal {
  const value = now.toISOString();
  const proposal = setFields(source, tenant, [{ path: ['spec', 'whatsapp', field], value }]);
  const verb = field === 'pairing' ? 'pair' : 'disconnect';
  const what = field === 'pairing' ? 'pair an account' : 'disconnect the account';
  return {
    ...proposal,
    verb,
    subject: `${tenant}: ${what}`,
    body: [`whatsapp.${field} is now ${value}; the runtime is asked once.`],
  };
}
