import { buffer } from 'node:stream/consumers';
import { isCancel, password } from '@clack/prompts';
import { Secret } from '../../desired-state/secrets/secret.ts';
import type { CommandContext } from './context.ts';
import { CommandError } from './errors.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * A secret value, hidden while it is typed, or all of standard input without the line break at its end (which editors
 * and `echo` add).
 * @throws CommandError when the prompt is left with Ctrl-C
 */
export async function readSecretValue(context: CommandContext, question: string): Promise<Secret> {
  if (!context.stdin.isTTY) return new Secret(withoutLineBreak(await buffer(context.stdin)));
  const answer = await password({
    message: question,
    input: context.stdin,
    output: context.stderr,
    signal: context.signal,
  });
  if (isCancel(answer)) throw new CommandError('Nothing was set.');
  return new Secret(answer ?? '');
}

/** Without the one `\n` or `\r\n` at the end. */
export function withoutLineBreak(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== lineFeed) return bytes;
  return bytes.subarray(0, bytes.at(-2) === carriageReturn ? -2 : -1);
}
