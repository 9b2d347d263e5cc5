import { type Command, Option } from 'commander';
import {
  type DesiredState,
  type DesiredTenant,
  revisionOf,
  type TenantEntry,
} from '../../../desired-state/model.ts';
import { readDesired } from '../../../desired-state/read/last-good.ts';
import { own } from '../../../schemas/own.ts';
import { closest } from '../../../schemas/suggest.ts';
import type { CommandContext } from '../context.ts';
import { CommandError } from '../errors.ts';
import { addExamples } from '../help.ts';
import { branchOption, formatOption, type RepositoryOptions, repoOption } from '../options.ts';
import { shortImage } from '../output/status.ts';
import { table } from '../output/table.ts';
import { tenantLines } from '../output/tenant.ts';
import { resolveRevision, withRepository } from '../repository.ts';

interface ReadOptions extends RepositoryOptions {
  readonly ref?: string;
  readonly names?: boolean;
  readonly format: 'text' | 'json';
}

function readOptions(command: Command): Command {
  return command
    .addOption(repoOption())
    .addOption(branchOption())
    .addOption(new Option('--ref <rev>', 'an earlier commit, branch or tag'))
    .addOption(formatOption('json'));
}

export function registerTenantList(group: Command, context: CommandContext): void {
  const command = group
    .command('list')
    .summary('list the tenants')
    .description('Lists the tenants of the repository. What runs is told by `tenantry status`.')
    .addOption(new Option('--names', 'only their names, one a line'))
    .action(async (options: ReadOptions) => {
      const state = await stateOf(context, options);
      const entries = Object.values(state.tenants).sort((a, b) => (a.name < b.name ? -1 : 1));
      if (options.format === 'json')
        return context.printJson(entries.map((entry) => summaryOf(entry, state)));
      if (options.names === true) return context.print(...entries.map(({ name }) => name));
      const heading = ['TENANT', 'NODE', 'CHANNEL', 'PLAN', 'STATE', 'IMAGE', 'NOTE'];
      context.print(...table(heading, entries.map(rowOf), context.colours));
    });
  addExamples(readOptions(command), [
    ['tenantry tenant list', 'who is there, and where'],
    ['tenantry tenant list --format json', 'for other programs'],
  ]);
}

export function registerTenantShow(group: Command, context: CommandContext): void {
  const command = group
    .command('show')
    .summary('show one tenant with all defaults')
    .description(
      'Shows a tenant as it is enforced: channel, plan, defaults and library resolved. Secrets by name only.',
    )
    .argument('<tenant>', 'tenant')
    .action(async (name: string, options: ReadOptions) => {
      const state = await stateOf(context, options);
      const entry = own(state.tenants, name);
      if (entry === undefined) throw unknownTenant(name, Object.keys(state.tenants));
      if (options.format === 'json') return context.printJson(shown(entry, state));
      context.print(...tenantLines(entry, state, context));
      if (entry.desired === null) context.exitWith(1);
    });
  addExamples(readOptions(command), [
    ['tenantry tenant show acme', 'as it is enforced now'],
    ['tenantry tenant show acme --ref HEAD~1 --format json', 'as it was'],
  ]);
}

export function unknownTenant(name: string, known: readonly string[]): CommandError {
  const meant = closest(name, known);
  const hint = meant === null ? `There are: ${known.join(', ') || 'none'}.` : `Did you mean "${meant}"?`;
  return new CommandError(`There is no tenant "${name}". ${hint}`);
}

async function stateOf(context: CommandContext, options: ReadOptions): Promise<DesiredState> {
  return withRepository(context, options, async (repository, head) =>
    readDesired(
      repository,
      options.ref === undefined ? head : await resolveRevision(repository, options.ref, head),
    ),
  );
}

function rowOf({ name, desired, problems }: TenantEntry): string[] {
  const note = problems.length === 0 ? '' : `${problems.length} problem(s), see tenantry validate`;
  if (desired === null) return [name, '-', '-', '-', 'invalid', '-', note];
  const suspended = desired.suspend === null ? '' : 'suspended';
  const { node, channel, plan, state, image } = desired;
  return [name, node, channel ?? '-', plan ?? '-', state, shortImage(image), note || suspended];
}

function summaryOf(entry: TenantEntry, whole: DesiredState): object {
  const { name, desired, problems } = entry;
  const revision = revisionOf(entry, whole);
  if (desired === null) return { name, revision, problems };
  const { node, channel, plan, state, image } = desired;
  return { name, node, channel, plan, state, image, revision, problems };
}

/** Ciphertexts are of no use to a reader and would be copied about. */
function shown(entry: TenantEntry, whole: DesiredState): object {
  const { name, problems } = entry;
  const revision = revisionOf(entry, whole);
  if (entry.desired === null) return { name, desired: null, revision, problems };
  const secrets = entry.desired.secrets.map(({ name, as }) => ({ name, as }));
  const desired: Omit<DesiredTenant, 'secrets'> & { secrets: typeof secrets } = { ...entry.desired, secrets };
  return { name, desired, revision, problems };
}
