import { type Command, Option } from 'commander';
import { recipientsOf } from '../../../desired-state/secrets/recipients.ts';
import { seal } from '../../../desired-state/secrets/seal.ts';
import { checkSecret } from '../../../desired-state/secrets/secret-value.ts';
import { secretNames, secretsPath } from '../../../desired-state/secrets/secrets-file.ts';
import { tenantFile } from '../../../desired-state/write/edit.ts';
import { setSecret, unsetSecret } from '../../../desired-state/write/secret-edits.ts';
import { sourceAt } from '../../../desired-state/write/source-at.ts';
import type { CommandContext } from '../context.ts';
import { type EditOptions, editOptions, makeEdit } from '../edit.ts';
import { addExamples } from '../help.ts';
import { branchOption, formatOption, type RepositoryOptions, repoOption } from '../options.ts';
import { withRepository } from '../repository.ts';
import { readSecretValue } from '../secret-input.ts';
import { nodeKey, nodeOf, recoveryKeys } from '../secret-keys.ts';

interface SetOptions extends EditOptions {
  readonly as?: 'file' | 'env';
}

export function registerSecretSet(group: Command, context: CommandContext): void {
  const command = group
    .command('set')
    .summary('set a secret of a tenant')
    .description(
      'Encrypts a value and commits it. One line break at the end of standard input is not part of the value. The ' +
        'runtime reads it as the file /run/secrets/NAME, or as a variable with --as env.',
    )
    .argument('<tenant>', 'tenant')
    .argument('<name>', 'name, as OPENAI_API_KEY')
    .addOption(
      new Option('--as <way>', 'how the runtime gets it (default: as before, else file)').choices([
        'file',
        'env',
      ]),
    )
    .action(async (tenant: string, name: string, options: SetOptions) => {
      const value = await readSecretValue(context, `Value of ${name} for ${tenant}`);
      checkSecret(name, value);
      await makeEdit(context, options, async ({ source }) => {
        const node = nodeOf(source, tenant);
        const recipients = recipientsOf({ name: node, ageKey: nodeKey(source, node) }, recoveryKeys(source));
        const sealed = await seal(tenant, name, value.reveal(), recipients);
        return setSecret(source, tenant, name, sealed, options.as ?? null);
      });
    });
  addExamples(editOptions(command), [
    ['tenantry secret set acme OPENAI_API_KEY', 'asks for the value'],
    ['tenantry secret set acme DB_PASSWORD --as env < password.txt', 'from a file, as a variable'],
  ]);
}

export function registerSecretUnset(group: Command, context: CommandContext): void {
  const command = group
    .command('unset')
    .summary('remove a secret of a tenant')
    .description(
      'Removes a secret and its mention in tenant.yaml. The history keeps the old value, encrypted.',
    )
    .argument('<tenant>', 'tenant')
    .argument('<name>', 'name')
    .action(async (tenant: string, name: string, options: EditOptions) => {
      await makeEdit(context, options, ({ source }) => unsetSecret(source, tenant, name));
    });
  addExamples(editOptions(command), [['tenantry secret unset acme OPENAI_API_KEY', 'the runtime loses it']]);
}

interface ListOptions extends RepositoryOptions {
  readonly format: 'text' | 'json';
}

export function registerSecretList(group: Command, context: CommandContext): void {
  const command = group
    .command('list')
    .summary('list the names of secrets')
    .description('Lists the names of the secrets of a tenant. Nothing is decrypted.')
    .argument('<tenant>', 'tenant')
    .addOption(repoOption())
    .addOption(branchOption())
    .addOption(formatOption('json'))
    .action(async (tenant: string, options: ListOptions) => {
      const names = await withRepository(context, options, async (repository, head) => {
        const folder = `tenants/${tenant}/`;
        const source = await sourceAt(repository, head, (path) => path.startsWith('tenants/'));
        tenantFile(source, tenant);
        const text = source.read(secretsPath(tenant));
        if (text === null) context.note(`${folder}secrets.yaml is not there: ${tenant} has no secrets.`);
        return text === null ? [] : secretNames(text);
      });
      if (options.format === 'json') context.printJson(names);
      else context.print(...names);
    });
  addExamples(command, [['tenantry secret list acme', 'names, one a line']]);
}
