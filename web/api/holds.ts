import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { approveRemoval } from '../../desired-state/write/approval-edits.ts';
import { WebError } from '../errors.ts';
import { callerOf, fields, typed } from '../request.ts';
import { answerEdit, base, editAnswers } from './edit-route.ts';
import { editQuery } from './models/edit.ts';
import type { ApiParts } from './parts.ts';

const name = Type.String({ minLength: 1, maxLength: 63 });
const approveBody = fields({
  base,
  remove: Type.Array(name, {
    description: 'The tenants that may go: all that the node holds, as whoever approves has seen them.',
    minItems: 1,
    maxItems: 10_000,
    uniqueItems: true,
  }),
  reason: Type.String({ description: 'Why, for the history.', minLength: 1, maxLength: 500 }),
});

/** Lets a removal happen that a node holds. */
export function holdRoutes(parts: ApiParts): FastifyPluginAsync {
  return async (app) => {
    typed(app).post(
      '/nodes/:node/approve',
      {
        schema: {
          params: fields({ node: name }),
          body: approveBody,
          querystring: editQuery,
          response: editAnswers,
        },
      },
      (request, reply) => {
        const { node } = request.params;
        const { base = null, reason, remove } = request.body;
        request.told.target = node;
        const head = parts.fleet.node(node)?.head ?? null;
        const held = new Set(head?.holds.flatMap(({ tenants }) => tenants));
        // An approval is of what somebody has read, and of nothing that came since.
        if (head === null || held.size !== remove.length || remove.some((tenant) => !held.has(tenant)))
          throw new WebError(
            'hold/other',
            409,
            head === null || held.size === 0
              ? `${node} holds nothing: there is nothing to approve.`
              : `${node} holds something else by now: ${[...held].slice(0, 20).join(', ')}. Read it, then approve that.`,
          );
        const caller = callerOf(request);
        const approval = { node, revision: head.revision, remove, by: caller.person.email, reason };
        return answerEdit(parts, reply, {
          caller,
          base,
          tenants: [],
          build: (source) => approveRemoval(source, approval),
          merge: 'fields',
          query: request.query,
        });
      },
    );
  };
}
