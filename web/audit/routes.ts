import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { auditPage } from '../api/models/platform.ts';
import type { Database } from '../ports.ts';
import { fields, typed } from '../request.ts';
import { readAudit } from './entries.ts';

const querystring = fields({
  who: Type.Optional(Type.String({ description: 'E-mail address; `anonymous` is nobody.', maxLength: 254 })),
  action: Type.Optional(
    Type.String({ description: 'As in the table of access, or the part before a dot.', maxLength: 64 }),
  ),
  before: Type.Optional(Type.Integer({ description: '`next` of the page before.', minimum: 1 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
});

/** Who did what, or was refused, newest first. */
export function auditRoutes(db: Database): FastifyPluginAsync {
  return async (app) => {
    typed(app).get('/audit', { schema: { querystring, response: { 200: auditPage } } }, async ({ query }) => {
      const { who, action, before, limit = 100 } = query;
      return readAudit(db, {
        limit,
        ...(who === undefined ? {} : { who }),
        ...(action === undefined ? {} : { action }),
        ...(before === undefined ? {} : { before }),
      });
    });
  };
}
