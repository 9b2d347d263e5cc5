import type { ProblemJson } from '../../api/models/common.ts';
import { learnTime } from './clock.ts';

/** An answer that is no success, or none at all (`status` 0). */
export class ApiError extends Error {
  readonly problem: ProblemJson;

  constructor(problem: ProblemJson, options?: ErrorOptions) {
    super(problem.detail === '' ? problem.title : problem.detail, options);
    this.name = 'ApiError';
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

let csrf = '';

/** What `me` said is to be sent with every change. */
export function rememberCsrf(token: string): void {
  csrf = token;
}

/** @throws ApiError */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return read<T>(await send(path, { headers: accept, ...(signal === undefined ? {} : { signal }) }));
}

/** @throws ApiError */
export async function change<T>(method: Method, path: string, body: unknown = {}): Promise<T> {
  const headers = { ...accept, 'content-type': 'application/json', 'x-csrf-token': csrf };
  return read<T>(await send(path, { method, headers, body: JSON.stringify(body) }));
}

const accept = { accept: 'application/json' };

async function send(path: string, init: RequestInit): Promise<Response> {
  const sentAt = Date.now();
  try {
    const response = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init });
    learnTime(response.headers.get('date'), sentAt, Date.now());
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(problemOf(0, 'The control node does not answer'), { cause: error });
  }
}

async function read<T>(response: Response): Promise<T> {
  const text = await response.text();
  const body = parse(text);
  if (!response.ok)
    throw new ApiError(isProblem(body) ? body : problemOf(response.status, response.statusText));
  return body as T;
}

function parse(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

function isProblem(body: unknown): body is ProblemJson {
  return typeof body === 'object' && body !== null && 'status' in body && 'title' in body;
}

function problemOf(status: number, title: string): ProblemJson {
  return {
    type: 'about:blank',
    title: title === '' ? `HTTP ${status}` : title,
    status,
    detail: '',
    code: 'page/no-answer',
  };
}
