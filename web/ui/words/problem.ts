import type { ProblemJson } from '../../api/models/common.ts';

/** A located problem of a file, as the API tells it. */
export interface Located {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly pointer: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** The problems of an answer that are what they should be. */
export function locatedProblems(problems: readonly unknown[] | undefined): Located[] {
  return (problems ?? []).filter(isLocated);
}

function isLocated(value: unknown): value is Located {
  return (
    typeof value === 'object' &&
    value !== null &&
    'message' in value &&
    typeof value.message === 'string' &&
    'path' in value &&
    typeof value.path === 'string' &&
    'line' in value &&
    typeof value.line === 'number'
  );
}

/** What went wrong, where, and what to do, for an answer that is no success. */
export function explainProblem(problem: Pick<ProblemJson, 'status' | 'detail' | 'title'>): {
  readonly what: string;
  readonly todo: string;
} {
  const what = problem.detail === '' ? problem.title : problem.detail;
  return { what, todo: todoFor(problem.status) };
}

function todoFor(status: number): string {
  if (status === 0) return 'Check the network; the page tries again by itself.';
  if (status === 401) return 'Sign in again.';
  if (status === 403) return 'Ask a platform administrator for access; who may do what is in tenantry.yaml.';
  if (status === 404) return 'It may have been removed: look in the history.';
  if (status === 409) return 'Somebody else changed the same; compare both texts.';
  if (status === 422 || status === 400) return 'Mend what is named here and try again.';
  if (status === 429) return 'Wait a moment, then try again.';
  return 'Try again. When it stays, read the log of the control node.';
}
