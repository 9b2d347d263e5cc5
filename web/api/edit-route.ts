import Type from 'typebox';
import type { Proposal, SourceFiles } from '../../desired-state/write/edit.ts';
import { type EditRequest, isPreview } from '../edits/request.ts';
import { visiblePlan } from '../plans/view.ts';
import { fields } from '../request.ts';
import { oid, orNull, problemJson } from './models/common.ts';
import { type Accepted, accepted, type Preview, preview } from './models/edit.ts';
import type { ApiParts } from './parts.ts';

/** What every route that edits says of its answers. */
export const editAnswers = { 200: preview, 202: accepted, 409: problemJson, 422: problemJson };

/** The revision that an order was given on; left out, the newest. An order sets a state, and overwrites nobody's words. */
export const base = Type.Optional(oid);
/** Of an order that has no other fields: the body may be left out. */
export const baseBody = orNull(fields({ base }));

/** The revision that an edit was made from: without it, what somebody else has written meanwhile would be gone. */
export const requiredBase = oid;
export const removeBody = fields({ base: requiredBase });
/** The text of a file holds at most as much as the repository takes. */
export const fileText = Type.String({ maxLength: 1024 * 1024 });

/** A whole file. */
export const putBody = fields({ base: requiredBase, text: fileText });

export type BuildEdit = (source: SourceFiles) => Proposal | Promise<Proposal>;

/** Makes an edit and answers it: 202 with the commit, or 200 with what it would be. */
export async function answerEdit(
  parts: Pick<ApiParts, 'editor'>,
  reply: { code(status: 200 | 202): unknown },
  request: EditRequest,
): Promise<Accepted | Preview> {
  const answer = await parts.editor.edit(request);
  reply.code(isPreview(answer) ? 200 : 202);
  return { ...answer, plan: visiblePlan(answer.plan, request.caller.tenants) };
}
