import { hash, parseOptions, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { WebError } from '../errors.ts';

/** `Algorithm.Argon2id` of the library, whose enum has no value at run time. */
const ARGON2ID = 2;

/**
 * Argon2id, the second choice of RFC 9106 with one lane: 64 MiB and three passes, about a tenth of a second of one core.
 * A hash that was made with less is made anew when its owner signs in.
 */
const parameters = { algorithm: ARGON2ID, memoryCost: 65_536, timeCost: 3, parallelism: 1 } as const;
/** Hashes at a time: each holds 64 MiB, and requests have to be answered meanwhile. */
const turns = pLimit(2);
/** Hashes that may wait: beyond it nobody would wait for the answer. */
const MOST_WAITING = 64;

export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(exact(password), parameters));
}

let nobody: Promise<string> | null = null;

/**
 * Whether a password is the one of a hash. Without a hash (nobody has that address) it does the same work and says no, so
 * that the time of an answer does not tell who has an account.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  nobody ??= hashPassword('nobody has this password');
  const against = stored ?? (await nobody);
  const right = await inTurn(() => verify(against, exact(password)));
  return right && stored !== null;
}

/** Whether a hash was made with other parameters than are used now. */
export function isOutdated(stored: string): boolean {
  const { memoryCost, timeCost, parallelism, algorithm } = parseOptions(stored);
  return (
    Number(algorithm) !== ARGON2ID ||
    memoryCost !== parameters.memoryCost ||
    timeCost !== parameters.timeCost ||
    parallelism !== parameters.parallelism
  );
}

/** The same characters are the same password, on whatever keyboard they were typed. */
const exact = (password: string): string => password.normalize('NFKC');

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (turns.pendingCount >= MOST_WAITING) {
    throw new WebError('auth/busy', 503, 'Too many people sign in at once. Try again in a few seconds.', {
      headers: { 'retry-after': '5' },
    });
  }
  return turns(work);
}
