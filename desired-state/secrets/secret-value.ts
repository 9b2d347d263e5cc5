import { controlPrivateIpProblem, redisUrlProblem } from '../../schemas/environment.ts';
import { patterns } from '../../schemas/patterns.ts';
import type { Secret } from './secret.ts';
import { SecretError } from './secret-error.ts';

const LONGEST_NAME = 63;
/** A secret is a key or a certificate, not a file: what it becomes must fit the node's tmpfs and Git. */
const MOST_BYTES = 64 * 1024;

/**
 * Checks a name and a value while the value is still in clear: nobody can once it is sealed.
 * @throws SecretError `secret/refused`; the message never repeats the value
 */
export function checkSecret(name: string, value: Secret): void {
  if (!new RegExp(patterns.envName.source).test(name) || name.length > LONGEST_NAME) {
    throw new SecretError(
      'secret/refused',
      `The name of a secret ${patterns.envName.rule}, at most ${LONGEST_NAME} of them.`,
    );
  }
  const bytes = value.reveal();
  if (bytes.byteLength === 0) throw new SecretError('secret/refused', `The value of ${name} is empty.`);
  if (bytes.byteLength > MOST_BYTES) {
    throw new SecretError(
      'secret/refused',
      `The value of ${name} is ${bytes.byteLength} bytes; at most ${MOST_BYTES} fit.`,
    );
  }
  const problem = ruleFor(name)?.(Buffer.from(bytes).toString('utf8')) ?? null;
  if (problem !== null) throw new SecretError('secret/refused', problem);
}

function ruleFor(name: string): ((value: string) => string | null) | null {
  if (name === 'REDIS_URL') return redisUrlProblem;
  return name === 'CONTROL_PRIVATE_IP' ? controlPrivateIpProblem : null;
}
