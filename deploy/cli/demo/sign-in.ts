import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { replaceFile } from '../../../reconciler/adapters/durable-write.ts';
import { nullIfMissing } from '../../../reconciler/adapters/files-digest.ts';
import { CommandError } from '../errors.ts';
import type { DemoNames } from './names.ts';

/** How the demo's person signs in, and where the control node was the last time: a bookmark stays good. */
export interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly port: number;
}

const usualPort = 4680;

/** The sign-in of the demo; made up on the first run. @throws CommandError when the file is not one */
export async function readSignIn({ signIn }: Pick<DemoNames, 'signIn'>): Promise<SignIn> {
  const text = await readFile(signIn, 'utf8').catch(nullIfMissing);
  if (text === null)
    return {
      email: 'demo@tenantry.example',
      password: randomBytes(9).toString('base64url'),
      port: usualPort,
    };
  const value: unknown = JSON.parse(text);
  if (isSignIn(value)) return value;
  throw new CommandError(`${signIn} is not the sign-in of a demo; move it away.`);
}

export async function writeSignIn({ signIn }: Pick<DemoNames, 'signIn'>, value: SignIn): Promise<void> {
  await replaceFile(`${signIn}.new`, signIn, `${JSON.stringify(value, null, 2)}\n`, 0o600);
}

function isSignIn(value: unknown): value is SignIn {
  return (
    typeof value === 'object' &&
    value !== null &&
    'email' in value &&
    typeof value.email === 'string' &&
    'password' in value &&
    typeof value.password === 'string' &&
    'port' in value &&
    typeof value.port === 'number'
  );
}
