import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { putFiles } from '../../desired-state/write/file-edits.ts';
import { type Kind, kindNames, readSchema } from '../../schemas/kinds.ts';
import { tenantOfPath } from '../../schemas/layout.ts';
import { seesTenant } from '../access/judge.ts';
import { changedFiles } from '../edits/changed-files.ts';
import { noSuchTenant, WebError } from '../errors.ts';
import { callerOf, fields, typed } from '../request.ts';
import { answerEdit, base, fileText } from './edit-route.ts';
import { oid, orNull, problemJson, word } from './models/common.ts';
import { commitFiles, historyItem, historyPage, preview } from './models/edit.ts';
import { fileView } from './models/tenant.ts';
import type { ApiParts } from './parts.ts';
import { fileAt, mayRead } from './read-file.ts';

const path = Type.String({ minLength: 1, maxLength: 500 });
const historyQuery = fields({
  tenant: Type.Optional(Type.String({ maxLength: 63 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  before: Type.Optional(oid),
});
const planBody = fields({
  base,
  files: Type.Array(fields({ path, after: orNull(fileText) }), { minItems: 1, maxItems: 100 }),
});
const anySchema = Type.Record(Type.String(), Type.Unknown());

/** The commits and how far they have come; the plan of any edit; any file; the language's schemas. */
export function historyRoutes(parts: ApiParts): FastifyPluginAsync {
  return async (app) => {
    const routes = typed(app);
    routes.get(
      '/history',
      { schema: { querystring: historyQuery, response: { 200: historyPage } } },
      async (request) => {
        const caller = callerOf(request);
        const { tenant, limit = 20, before = null } = request.query;
        if (tenant !== undefined && !seesTenant(caller, tenant)) throw noSuchTenant(tenant);
        const only = tenant === undefined ? null : [tenant];
        return parts.history.page(only, caller.tenants, { limit, before });
      },
    );

    routes.get(
      '/commits/:oid',
      { schema: { params: fields({ oid }), response: { 200: historyItem } } },
      async (request) => {
        const { tenants } = callerOf(request);
        const found = await parts.history.one(request.params.oid, tenants);
        if (found !== null) return found;
        request.told.hidden = tenants !== null;
        throw noSuchCommit(request.params.oid);
      },
    );

    routes.get(
      '/commits/:oid/files',
      { schema: { params: fields({ oid }), response: { 200: commitFiles } } },
      async (request) => {
        const { tenants } = callerOf(request);
        if ((await parts.history.one(request.params.oid, tenants)) === null) {
          request.told.hidden = tenants !== null;
          throw noSuchCommit(request.params.oid);
        }
        return changedFiles(parts.branch.repository, request.params.oid, (path) => isOf(tenants, path));
      },
    );

    routes.post(
      '/plan',
      { schema: { body: planBody, response: { 200: preview, 202: preview, 422: problemJson } } },
      async (request, reply) => {
        const caller = callerOf(request);
        const { base: from = null, files } = request.body;
        for (const file of files) if (!mayRead(parts, caller, file.path)) throw noSuchFile(file.path);
        const answer = await answerEdit(parts, reply, {
          caller,
          base: from,
          tenants: files.flatMap((file) => tenantOfPath(file.path) ?? []),
          build: (source) => putFiles(source, files),
          merge: 'lines',
          query: { 'dry-run': true },
        });
        if (!('files' in answer)) throw new Error('A dry run has made a commit.');
        return answer;
      },
    );

    routes.get(
      '/files',
      { schema: { querystring: fields({ path }), response: { 200: fileView } } },
      async (request) => {
        const caller = callerOf(request);
        const { path: asked } = request.query;
        request.told.target = asked;
        request.told.hidden = !mayRead(parts, caller, asked);
        if (request.told.hidden) throw noSuchFile(asked);
        return fileAt(parts, caller, asked);
      },
    );

    const schemas = new Map<Kind, Record<string, unknown>>();
    routes.get(
      '/schemas/:kind',
      {
        schema: {
          params: fields({ kind: word(kindNames as [Kind, ...Kind[]]) }),
          response: { 200: anySchema },
        },
      },
      async (request) => {
        const { kind } = request.params;
        const schema = schemas.get(kind) ?? readSchema(kind);
        schemas.set(kind, schema);
        return schema;
      },
    );
  };
}

/** Whether a file of the past may be seen: all of them, or those of one's own tenants. */
function isOf(tenants: ReadonlySet<string> | null, path: string): boolean {
  if (tenants === null) return true;
  const tenant = tenantOfPath(path);
  return tenant !== null && tenants.has(tenant);
}

/** The same words for a commit that is not there and for one of which the caller may see nothing. */
function noSuchCommit(oid: string): WebError {
  return new WebError('commit/unknown', 404, `Nothing is known of the commit ${oid.slice(0, 12)}.`);
}

/** The same words for a file that is not there and for one that the caller may not know of. */
function noSuchFile(path: string): WebError {
  return new WebError('file/unknown', 404, `There is no ${path}.`);
}
