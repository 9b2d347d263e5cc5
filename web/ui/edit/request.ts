import type { ProblemJson } from '../../api/models/common.ts';
import type { Accepted, Preview } from '../../api/models/edit.ts';
import { change, type Method } from '../data/http.ts';

/** An edit as a person means it, before it is a commit. */
export interface EditRequest {
  /** A question or a verb with its object: `Restart acme`. */
  readonly title: string;
  readonly method: Method;
  readonly path: string;
  /** Without `base`. A `text` in it is a whole file, which can be merged by hand after a conflict. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The revision that it was made from; null lets the server take the newest. */
  readonly base: string | null;
  /** What stands on the button; `Commit change` when absent. */
  readonly verb?: string;
  readonly danger?: boolean;
  /** What `onAccepted` shows takes the place of this dialog; the tracker tells how far it is. */
  readonly leads?: boolean;
  readonly onAccepted?: (accepted: Accepted, request: EditRequest) => void;
  /** Called when the newer text of a conflict was taken instead. */
  readonly onYielded?: (conflict: Conflict) => void;
  /** Called with a text that was merged by hand, so that it is not lost; with the conflict, once it settles that. */
  readonly onMerged?: (text: string, settled: Conflict | null) => void;
}

export type Conflict = NonNullable<ProblemJson['conflict']>;

export function bodyOf(request: EditRequest): Record<string, unknown> {
  return request.base === null ? { ...request.body } : { ...request.body, base: request.base };
}

/** What it would do. @throws ApiError */
export function preview(request: EditRequest): Promise<Preview> {
  return change<Preview>(request.method, `${request.path}?dry-run=true`, bodyOf(request));
}

/** Makes it, or proposes it on a branch. @throws ApiError, with `conflict` for 409 */
export function commit(request: EditRequest, propose: boolean): Promise<Accepted> {
  return change<Accepted>(
    request.method,
    propose ? `${request.path}?propose=true` : request.path,
    bodyOf(request),
  );
}

/** The same edit, made again from the newer revision; with a text that somebody has merged by hand where it has one. */
export function rebased(request: EditRequest, conflict: Conflict, merged?: string): EditRequest {
  return {
    ...request,
    base: conflict.revision,
    body: merged === undefined ? request.body : { ...request.body, text: merged },
  };
}

export function isTextEdit(request: EditRequest): boolean {
  return typeof request.body['text'] === 'string';
}
