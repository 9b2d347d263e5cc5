import { CommanderError } from 'commander';
import { GitError } from '../../desired-state/git/errors.ts';
import { NoValidRevisionError } from '../../desired-state/read/no-valid-revision.ts';
import { SecretError } from '../../desired-state/secrets/secret-error.ts';
import { EditError } from '../../desired-state/write/edit-error.ts';
import { ReconcilerError } from '../../reconciler/errors.ts';
import type { Problem } from '../../schemas/problem.ts';

/** A command that cannot do what it was asked for; the message says what to do. Exit code 1. */
export class CommandError extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'CommandError';
  }
}

/** Arguments that make no sense together or are missing. Exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** What is said about an error, and with which code the process ends. */
export interface ErrorReport {
  readonly message: string;
  /** What an edit would have broken. */
  readonly problems: readonly Problem[];
  readonly exitCode: number;
  /** Nobody foresaw it: the stack helps whoever mends it. */
  readonly unexpected: boolean;
}

/**
 * One clear sentence for any error. Those with a code were written for people already; of the others the chain of
 * causes is told.
 */
export function reportError(error: unknown): ErrorReport {
  const problems = error instanceof EditError || error instanceof NoValidRevisionError ? error.problems : [];
  if (error instanceof UsageError)
    return { message: error.message, problems, exitCode: 2, unexpected: false };
  if (error instanceof CommanderError) {
    // Commander has printed its own message; help and version are no failures.
    return { message: '', problems, exitCode: error.exitCode === 0 ? 0 : 2, unexpected: false };
  }
  const foreseen = [
    CommandError,
    EditError,
    GitError,
    NoValidRevisionError,
    SecretError,
    ReconcilerError,
  ].some((kind) => error instanceof kind);
  if (foreseen && error instanceof Error)
    return { message: error.message, problems, exitCode: 1, unexpected: false };
  return { message: withCauses(error), problems, exitCode: 1, unexpected: true };
}

/** `could not read x: permission denied`; a cause that the message quotes already is not repeated. */
export function withCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause === undefined) return error.message;
  const cause = withCauses(error.cause);
  return error.message.includes(cause) ? error.message : `${error.message}: ${cause}`;
}
