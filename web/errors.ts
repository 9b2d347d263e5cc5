import { STATUS_CODES } from 'node:http';
import type { FastifyError } from 'fastify';
import { GitError, type GitErrorCode } from '../desired-state/git/errors.ts';
import { SecretError } from '../desired-state/secrets/secret-error.ts';
import { EditError, type EditErrorCode } from '../desired-state/write/edit-error.ts';
import type { ProblemJson } from './api/models/common.ts';

/** What an answer adds to its sentence. `headers` go out with it (`retry-after`). */
export interface WebErrorExtra extends Pick<ProblemJson, 'problems' | 'conflict'> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * A request that is answered with an error. The message is for the person who asked: what happened, and what to do.
 * `code` is `area/what` and stable: `access/forbidden`, `auth/bad-credentials`, `tenant/unknown`.
 */
export class WebError extends Error {
  readonly code: string;
  readonly status: number;
  readonly extra: WebErrorExtra;

  constructor(code: string, status: number, message: string, extra: WebErrorExtra = {}) {
    super(message, { cause: extra.cause });
    this.name = 'WebError';
    this.code = code;
    this.status = status;
    this.extra = extra;
  }
}

/** A tenant that is not there, and one that the caller may not know of: the same words for both. */
export const noSuchTenant = (name: string): WebError =>
  new WebError('tenant/unknown', 404, `There is no tenant "${name}".`);

const editStatus: Readonly<Record<EditErrorCode, number>> = {
  'edit/unreadable': 422,
  'edit/not-possible': 422,
  'edit/refused': 422,
  'edit/unknown': 404,
  'edit/invalid': 422,
  'edit/conflict': 409,
  'edit/no-author': 422,
};

/** Of Git's failures only these are about what was asked; the others are the server's or its remote's. */
const gitStatus: Partial<Record<GitErrorCode, number>> = {
  'git/auth': 502,
  'git/moved': 409,
  'git/rejected': 409,
  'git/dirty': 409,
  'git/unsafe-path': 422,
  'git/unsafe-tree': 422,
  'git/blob-too-large': 413,
  'git/too-large': 413,
};

/** Any error as what is answered. What nobody foresaw is told by its request id alone: its text stays in the log. */
export function webErrorOf(error: unknown, requestId: string): WebError {
  if (error instanceof WebError) return error;
  if (error instanceof EditError) return editProblem(error);
  if (error instanceof GitError) {
    const status = gitStatus[error.code] ?? 503;
    const headers = status === 503 ? { headers: { 'retry-after': '5' } } : {};
    return new WebError(error.code, status, error.message, { cause: error, ...headers });
  }
  if (error instanceof SecretError) return new WebError(error.code, 422, error.message, { cause: error });
  return frameworkProblem(error) ?? unforeseen(error, requestId);
}

function editProblem(error: EditError): WebError {
  const { code, message, problems, files } = error;
  return new WebError(code, editStatus[code], message, {
    cause: error,
    ...(problems.length === 0 ? {} : { problems: [...problems] }),
    ...(code === 'edit/conflict' ? { conflict: { revision: null, files: [...files] } } : {}),
  });
}

/** What fastify itself refuses: a request that breaks its schema, a body that is too large or no JSON. */
function frameworkProblem(error: unknown): WebError | null {
  if (!(error instanceof Error)) return null;
  const { validation, validationContext, statusCode } = error as Partial<FastifyError>;
  if (validation !== undefined) {
    const where = validationContext ?? 'request';
    const problems = validation.map(({ keyword, instancePath, message, params }) => ({
      code: `request/${keyword}`,
      severity: 'error',
      in: where,
      pointer: instancePath,
      message: [message ?? 'is not valid', ...offending(params)].join(': '),
    }));
    const first = problems[0];
    const detail = `The ${where} is not as the API wants it: ${first?.pointer || where} ${first?.message}.`;
    return new WebError('request/invalid', 400, detail, { cause: error, problems });
  }
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return null;
  const code = { 413: 'request/too-large', 415: 'request/media-type' }[statusCode] ?? 'request/refused';
  return new WebError(code, statusCode, error.message, { cause: error });
}

function offending(params: Record<string, unknown>): string[] {
  const { additionalProperty, allowedValues } = params;
  if (typeof additionalProperty === 'string') return [additionalProperty];
  return Array.isArray(allowedValues) ? [allowedValues.join(', ')] : [];
}

function unforeseen(error: unknown, requestId: string): WebError {
  const message = `The control node failed to answer. Its log says why, under request ${requestId}.`;
  return new WebError('internal', 500, message, { cause: error });
}

/** RFC 9457. */
export function problemJsonOf({ code, status, message, extra }: WebError): ProblemJson {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    code,
    ...(extra.problems === undefined ? {} : { problems: extra.problems }),
    ...(extra.conflict === undefined ? {} : { conflict: extra.conflict }),
  };
}
