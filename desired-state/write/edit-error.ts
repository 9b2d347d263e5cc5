import type { Problem } from '../../schemas/problem.ts';

/**
 * Why an edit of the desired-state repository was not made. `edit/unreadable`: the file is not YAML that can be
 * edited; `edit/not-possible`: there is no place for the value; `edit/refused`: the edit makes no sense as asked;
 * `edit/unknown`: the tenant, channel or revision is not there; `edit/invalid`: the result breaks a rule of the
 * language (`problems` say where); `edit/conflict`: somebody else changed the same files; `edit/no-author`.
 */
export type EditErrorCode =
  | 'edit/unreadable'
  | 'edit/not-possible'
  | 'edit/refused'
  | 'edit/unknown'
  | 'edit/invalid'
  | 'edit/conflict'
  | 'edit/no-author';

/** A file that the edit wanted to write, and that somebody else changed meanwhile. */
export interface ConflictingFile {
  readonly path: string;
  /** The text that the edit began from; null when there was no such file. */
  readonly base: string | null;
  /** What the edit would have written; null means deletion. */
  readonly ours: string | null;
  /** What the branch holds now; null when the file is gone. */
  readonly theirs: string | null;
}

/** An edit that was refused before anything was pushed. The message says what to do instead. */
export class EditError extends Error {
  readonly code: EditErrorCode;
  /** What the edit would have broken; filled for `edit/invalid`. */
  readonly problems: readonly Problem[];
  /** Both texts of each file; filled for `edit/conflict`. */
  readonly files: readonly ConflictingFile[];

  constructor(
    code: EditErrorCode,
    message: string,
    options: { problems?: readonly Problem[]; files?: readonly ConflictingFile[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'EditError';
    this.code = code;
    this.problems = options.problems ?? [];
    this.files = options.files ?? [];
  }
}
