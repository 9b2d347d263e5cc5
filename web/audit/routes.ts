import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { accessTable } from '../access/table.ts';
import { word } from '../api/models/common.ts';
import { auditPage, outcomes } from '../api/models/platform.ts';
import type { Database } from '../ports.ts';
import { fields, typed } from '../request.ts';
import { readAudit } from './entries.ts';

const moment = (description: string) => Type.Optional(Type.Integer({ description, minimum: 0 }));
const querystring = fields({
  who: Type.Optional(Type.String({ description: 'E-mail address; `anonymous` is nobody.', maxLength: 254 })),
  action: Type.Optional(
    Type.String({ description: 'As in the table of access, or the part before a dot.', maxLength: 64 }),
  ),
  target: Type.Optional(
    Type.String({ description: 'A tenant, or what else it was done to.', maxLength: 200 }),
  ),
  outcome: Type.Optional(word(outcomes)),
  since: moment('From this moment on, in milliseconds since the epoch.'),
  until: moment('Before this moment, in milliseconds since the epoch.'),
  before: Type.Optional(Type.Integer({ description: '`next` of the page before.', minimum: 1 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
});

/** All that there is to be done, or refused. */
const actions = [...new Set(Object.values(accessTable).map(({ action }) => action))].toSorted();

/** Who did what, or was refused, newest first. */
export function auditRoutes(db: Database): FastifyPluginAsync {
  return async (app) => {
    typed(app).get('/audit', { schema: { querystring, response: { 200: auditPage } } }, async ({ query }) => {
      const { action, limit = 100, ...rest } = query;
      const named = actions.filter((one) => one === action || one.startsWith(`${action}.`));
      const wanted = action === undefined ? {} : named.length === 1 ? { action } : { actions: named };
      return { ...(await readAudit(db, { ...rest, ...wanted, limit })), actions };
    });
  };
}
