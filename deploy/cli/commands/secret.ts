import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { addExamples } from '../help.ts';
import { registerSecretKeygen } from './secret-keygen.ts';
import { registerSecretList, registerSecretSet, registerSecretUnset } from './secret-values.ts';

export function defineSecret(group: Command, context: CommandContext): void {
  group.description(
    'Secrets lie in Git, each value encrypted with age to the key of its node and to the recovery keys. Values are ' +
      'read from standard input or a hidden prompt, never from an argument.',
  );
  registerSecretKeygen(group, context);
  registerSecretSet(group, context);
  registerSecretList(group, context);
  registerSecretUnset(group, context);
  addExamples(group, [
    ['tenantry secret keygen --node worker-1', 'once, on the node'],
    ['tenantry secret set acme OPENAI_API_KEY', 'asks for the value'],
    ['tenantry secret set acme OPENAI_API_KEY < key.txt', 'or reads it'],
  ]);
}
