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
export function explainProblem(
  problem: Pick<ProblemJson, 'status' | 'detail' | 'title'> & { readonly code?: string },
): {
  readonly what: string;
  readonly todo: string;
} {
  const what = problem.detail === '' ? problem.title : problem.detail;
  return { what, todo: byCode(problem.code ?? '') ?? byStatus(problem.status) };
}

const todos: Readonly<Record<string, string | undefined>> = {
  'access/no-admin': 'Give that role to somebody else first.',
  'auth/credentials': 'Look at both and try again; whoever runs the platform can invite you anew.',
  'auth/invitation': 'Ask whoever invited you for a new one.',
  'branch/none': 'Try again in a moment. When it stays, read the log of the control node.',
  'commit/unknown': 'It may be older than what is followed here; a clone has every commit.',
  'csrf/token': 'Load the page again and try once more.',
  'drift/gone': 'Close this and look at the drift again; what is shown there is newer.',
  'drift/moved': 'Close this and look at the drift again; what is shown there is newer.',
  'edit/closing': 'The control node is about to restart; try again in a moment.',
  'edit/conflict': 'Somebody else changed the same; compare both texts.',
  'edit/refused': 'Change what was asked for; nothing was committed.',
  'edit/unknown-base': 'Take a revision from the history, or read the page again and make the edit on that.',
  'git/auth': 'Whoever runs the control node must renew its access to the repository.',
  'git/dirty': 'Whoever runs the repository must commit or drop the changes of its work tree.',
  'git/moved': 'Somebody else committed in the same moment; try again.',
  'git/rejected': 'The rules of the repository forbid it; whoever runs it knows them.',
};

/** Only what the status alone would say wrongly. */
function byCode(code: string): string | null {
  return Object.hasOwn(todos, code) ? (todos[code] ?? null) : null;
}

function byStatus(status: number): string {
  if (status === 0) return 'Check the network, then try again.';
  if (status === 401) return 'Sign in again.';
  if (status === 403) return 'Ask a platform administrator for access; who may do what is in tenantry.yaml.';
  if (status === 404) return 'It may have been removed: look in the history.';
  if (status === 409) return 'It was changed in between; look at it again.';
  if (status === 413) return 'Make it smaller and try again.';
  if (status === 422 || status === 400) return 'Mend what is named here and try again.';
  if (status === 429) return 'Wait a moment, then try again.';
  return 'Try again. When it stays, read the log of the control node.';
}
