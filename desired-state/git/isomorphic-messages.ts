import { GitError, type GitErrorCode, type Offence } from './errors.ts';
import type { RepositoryOptions } from './options.ts';
import type { Repository } from './port.ts';

/** What the thread of a repository is asked to do; `fetch` and `push` end early on an `abort` of the same id. */
export type Method = 'open' | Exclude<keyof Repository, 'close'>;

/** What each of them answers. */
export type Answer<M extends Method> = M extends keyof Repository
  ? Awaited<ReturnType<Repository[M]>>
  : undefined;

/** From the program to the thread. */
export type Request =
  | { readonly id: number; readonly method: Method; readonly args: readonly unknown[] }
  | { readonly id: number; readonly method: 'abort' };

/** From the thread to the program. */
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure };

/** An error as data: what is thrown in a thread loses its class on the way out. */
export type Failure =
  | {
      readonly kind: 'git';
      readonly code: GitErrorCode;
      readonly message: string;
      readonly offences: readonly Offence[];
    }
  | { readonly kind: 'other'; readonly message: string };

/** What the thread is started with. */
export type ThreadOptions = RepositoryOptions;

export function toFailure(error: unknown): Failure {
  if (error instanceof GitError) {
    return { kind: 'git', code: error.code, message: error.message, offences: error.offences };
  }
  return { kind: 'other', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function fromFailure(failure: Failure): Error {
  if (failure.kind === 'other') return new Error(failure.message);
  return new GitError(failure.code, failure.message, { offences: failure.offences });
}
