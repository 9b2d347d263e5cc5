import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  type AgeKey,
  generateKey,
  loadIdentity,
  saveIdentity,
} from '../../../desired-state/secrets/identity.ts';
import { SecretError } from '../../../desired-state/secrets/secret-error.ts';
import type { CommandContext } from '../context.ts';
import { type EditOptions, editOptions, makeEdit } from '../edit.ts';
import { CommandError, UsageError } from '../errors.ts';
import { addExamples } from '../help.ts';
import { dataRoot } from '../node-data.ts';
import { dataDirOption, nodeOption } from '../options.ts';
import { nodeKey, withNodeKey, withRecoveryKey } from '../secret-keys.ts';

interface KeygenOptions extends EditOptions {
  readonly node?: string;
  readonly dataDir?: string;
  readonly keyFile?: string;
  readonly recovery?: boolean;
  readonly replace?: boolean;
}

/** Where the reconciler of a node looks for its key, below its data folder. */
export const keyFileName = 'node.key';

export function registerSecretKeygen(group: Command, context: CommandContext): void {
  const command = group
    .command('keygen')
    .summary('make a key pair')
    .description(
      'Makes an age key pair. With --node, the private key goes into a file that only its owner can read, where the ' +
        'reconciler looks for it, and the public key is committed. With --recovery, the private key is printed once: ' +
        'keep it where no machine can read it.',
    )
    .addOption(nodeOption())
    .addOption(dataDirOption())
    .addOption(
      new Option('--key-file <file>', `private key of the node (default: ${keyFileName} in its data folder)`),
    )
    .addOption(new Option('--recovery', 'a key of an operator, who can then read every secret'))
    .addOption(
      new Option('--replace', 'although the node has a key already: its secrets must all be set again'),
    )
    .action(async (options: KeygenOptions) => {
      if (options.recovery === true) await recoveryKeygen(context, options);
      else await nodeKeygen(context, options);
    });
  addExamples(editOptions(command), [
    ['tenantry secret keygen --node worker-1', 'on the node, once'],
    ['tenantry secret keygen --recovery', 'for an operator, once'],
  ]);
}

async function nodeKeygen(context: CommandContext, options: KeygenOptions): Promise<void> {
  const { node, dataDir, keyFile } = options;
  if (node === undefined)
    throw new UsageError('A key for whom? Name the node with --node, or ask for --recovery.');
  const file = resolve(context.cwd, keyFile ?? join(dataDir ?? join(dataRoot, node), keyFileName));
  await makeEdit(context, options, async ({ source }) => {
    const there = nodeKey(source, node);
    const key = await keyAt(file);
    if (there !== null && there !== key?.recipient && options.replace !== true) {
      throw new CommandError(
        `${node} has a public key in the repository already, and ${file} is not its private half. ` +
          '--replace puts a new one there; every secret of the node must then be set again.',
      );
    }
    if (key !== null) context.note(`The key in ${file} is kept.`);
    if (options.dryRun === true && key === null)
      throw new CommandError(`--dry-run makes no key, and ${file} is not there.`);
    return withNodeKey(source, node, (key ?? (await makeKey(context, file))).recipient);
  });
}

/** A key that was saved and whose commit failed is used again: keys are never made twice in one place. */
async function keyAt(file: string): Promise<AgeKey | null> {
  try {
    return await loadIdentity(file);
  } catch (error) {
    if (error instanceof SecretError && error.code === 'secret/no-key') return null;
    throw error;
  }
}

async function makeKey(context: CommandContext, file: string): Promise<AgeKey> {
  const key = await generateKey();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await saveIdentity(file, key, new Date(context.now()));
  context.note(`Private key: ${file} (only its owner can read it; it never leaves this machine).`);
  return key;
}

async function recoveryKeygen(context: CommandContext, options: KeygenOptions): Promise<void> {
  if (options.format === 'json')
    throw new UsageError('--recovery prints the private key for a person: leave out --format json.');
  if (options.dryRun === true)
    throw new UsageError('--recovery with --dry-run would print a key that belongs to nothing.');
  const key = await generateKey();
  await makeEdit(context, options, ({ source }) => withRecoveryKey(source, key.recipient));
  context.print(
    '',
    `Public key:  ${key.recipient}`,
    `Private key: ${key.identity}`,
    '',
    'The private key is shown this once and kept nowhere. Secrets that exist are not encrypted to it:',
    'set each of them again with `tenantry secret set`.',
  );
}
