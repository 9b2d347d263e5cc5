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

/** Problems that are told at once: more of them nobody reads, and a revision that is full of them is none to carry about. */
const TOLD = 200;

/**
 * The first ones of a list, and one that counts the rest; the list itself where it is short. What goes from hand to hand
 * (statuses, answers) holds this many, whatever somebody has pushed; `tenantry validate` shows all of them.
 */
export function firstProblems(problems: readonly Problem[]): readonly Problem[] {
  const next = problems[TOLD];
  if (next === undefined) return problems;
  const rest = problems.slice(TOLD);
  const severity = rest.some((problem) => problem.severity === 'error') ? 'error' : 'warning';
  const message = `Here and after it are ${rest.length} more problems; \`tenantry validate\` shows all of them.`;
  return [...problems.slice(0, TOLD), { ...next, code: 'policy/more', severity, pointer: '', message }];
}
