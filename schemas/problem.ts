/**
 * One thing that is wrong in a desired-state repository, and how to mend it.
 *
 * Every check of the language (YAML, JSON Schema, policies) answers with a list of these; none throws for bad
 * input. `line` and `column` count from 1, in the file at `path` of the revision that was read.
 */
export interface Problem {
  /** Stable machine-readable code, `area/what`: `yaml/duplicate-key`, `schema/required`, `policy/unpinned-image`. */
  readonly code: string;
  /** An error keeps the document from being used; a warning is shown and changes nothing. */
  readonly severity: 'error' | 'warning';
  /** Path inside the repository, with forward slashes. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** JSON pointer (RFC 6901) of the offending value; `''` is the whole document. */
  readonly pointer: string;
  /** What is wrong, and in the same breath what to do about it. One or two sentences, no trailing newline. */
  readonly message: string;
}

/** Where a value stands in a file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `path:line:column: message (pointer)`, the form that editors and terminals turn into a link. */
export function formatProblem(problem: Problem): string {
  const at = problem.pointer === '' ? '' : ` (${problem.pointer})`;
  return `${problem.path}:${problem.line}:${problem.column}: ${problem.message}${at}`;
}
