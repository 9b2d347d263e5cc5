import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import Type from 'typebox';
import { addTenant } from '../../desired-state/write/add-tenant.ts';
import { removeTenant } from '../../desired-state/write/tenant-edits.ts';
import { callerOf, fields, typed } from '../request.ts';
import type { DirectoryPage } from '../tenants/directory.ts';
import { answerEdit, base, editAnswers, removeBody } from './edit-route.ts';
import { word } from './models/common.ts';
import { editQuery } from './models/edit.ts';
import { tenantPage } from './models/tenant.ts';
import { tenantSorts } from './models/tenant-query.ts';
import type { ApiParts } from './parts.ts';
import { requireTenant } from './read-file.ts';

/** Names are judged by the language where they are used; here they are only kept short. */
const name = Type.String({ minLength: 1, maxLength: 63 });
const search = Type.Optional(Type.String({ maxLength: 200 }));
const listQuery = fields({
  q: search,
  phase: search,
  node: search,
  channel: search,
  label: search,
  sort: Type.Optional(word(tenantSorts)),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  cursor: Type.Optional(Type.String({ description: '`next` of the page before.', maxLength: 400 })),
});
const setupBody = fields({
  base,
  name,
  owner: Type.String({ minLength: 1, maxLength: 254 }),
  node: name,
  channel: name,
  plan: Type.Optional(name),
  subdomain: Type.Optional(name),
});

/** Pages as they are sent. The same page to the next reader is the same bytes: neither a copy nor garbage. */
class Answers {
  readonly #kept = new WeakMap<DirectoryPage, { readonly revision: string | null; readonly bytes: Buffer }>();

  of(page: DirectoryPage, revision: string | null): Buffer {
    const kept = this.#kept.get(page);
    if (kept?.revision === revision) return kept.bytes;
    const { items, total, next, counts } = page;
    const rest = JSON.stringify({ total, next, counts, revision });
    const bytes = Buffer.concat([Buffer.from('{"items":['), items, Buffer.from(`],${rest.slice(1)}`)]);
    this.#kept.set(page, { revision, bytes });
    return bytes;
  }
}

/** The list of tenants, a new one, and the end of one. */
export function tenantsRoutes(parts: ApiParts): FastifyPluginAsync {
  const answers = new Answers();
  return async (app) => {
    const routes = typed(app);
    routes.get(
      '/tenants',
      { schema: { querystring: listQuery, response: { 200: tenantPage } } },
      async (request, reply) => {
        const page = parts.directory.page(request.query, callerOf(request).tenants);
        const plain = reply as unknown as FastifyReply;
        return plain.type('application/json; charset=utf-8').send(answers.of(page, parts.branch.head()));
      },
    );

    routes.post(
      '/tenants/setup',
      { schema: { body: setupBody, querystring: editQuery, response: editAnswers } },
      (request, reply) => {
        const { base = null, plan = null, subdomain = null, ...tenant } = request.body;
        request.told.target = tenant.name;
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base,
          tenants: [tenant.name],
          build: (source) => addTenant(source, { ...tenant, plan, subdomain }),
          merge: 'fields',
          query: request.query,
        });
      },
    );

    routes.delete(
      '/tenants/:tenant',
      {
        schema: {
          params: fields({ tenant: name }),
          body: removeBody,
          querystring: editQuery,
          response: editAnswers,
        },
      },
      (request, reply) => {
        const { tenant } = request.params;
        requireTenant(parts, tenant);
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base: request.body.base,
          tenants: [tenant],
          build: (source) => removeTenant(source, tenant),
          merge: 'fields',
          query: request.query,
        });
      },
    );
  };
}
