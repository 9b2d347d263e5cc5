import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { putFile } from '../../desired-state/write/file-edits.ts';
import { setFields } from '../../desired-state/write/set-fields.ts';
import type { Json } from '../../desired-state/write/yaml-node.ts';
import { pointerParts } from '../../schemas/yaml-tree.ts';
import { callerOf, fields, typed } from '../request.ts';
import { answerEdit, editAnswers, putBody, requiredBase } from './edit-route.ts';
import { folderRoutes } from './folder-documents.ts';
import { documentName } from './models/common.ts';
import { editQuery } from './models/edit.ts';
import { fileView } from './models/tenant.ts';
import type { ApiParts } from './parts.ts';
import { fileAt, requireTenant } from './read-file.ts';

const pointer = Type.String({ maxLength: 500, pattern: '^/(metadata/(labels|annotations)/|spec/)' });
const patchBody = fields({
  base: requiredBase,
  set: Type.Optional(Type.Record(pointer, Type.Unknown())),
  remove: Type.Optional(Type.Array(pointer, { maxItems: 500 })),
});

/** A tenant's own file and its documents; the prompts and skills of the library and the platform's sites alike. */
export function documentRoutes(parts: ApiParts): FastifyPluginAsync {
  return async (app) => {
    const routes = typed(app);
    const ofTenant = fields({ tenant: documentName });
    const configOf = (tenant: string): string => `tenants/${tenant}/tenant.yaml`;

    routes.get(
      '/tenants/:tenant/config',
      { schema: { params: ofTenant, response: { 200: fileView } } },
      async (request) => {
        requireTenant(parts, request.params.tenant);
        return fileAt(parts, callerOf(request), configOf(request.params.tenant));
      },
    );

    routes.put(
      '/tenants/:tenant/config',
      { schema: { params: ofTenant, body: putBody, querystring: editQuery, response: editAnswers } },
      (request, reply) => {
        const { tenant } = request.params;
        requireTenant(parts, tenant);
        const { base, text } = request.body;
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base,
          tenants: [tenant],
          build: (source) => putFile(source, configOf(tenant), text),
          merge: 'lines',
          query: request.query,
        });
      },
    );

    routes.patch(
      '/tenants/:tenant/config',
      { schema: { params: ofTenant, body: patchBody, querystring: editQuery, response: editAnswers } },
      (request, reply) => {
        const { tenant } = request.params;
        requireTenant(parts, tenant);
        const { base, set = {}, remove = [] } = request.body;
        const changes = [
          ...Object.entries(set).map(([at, value]) => ({ path: pointerParts(at), value: value as Json })),
          ...remove.map((at) => ({ path: pointerParts(at) })),
        ];
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base,
          tenants: [tenant],
          build: (source) => setFields(source, tenant, changes),
          merge: 'fields',
          query: request.query,
        });
      },
    );

    for (const folder of ['prompts', 'skills', 'jobs', 'sites'] as const) {
      await app.register(folderRoutes(parts, 'tenant', folder));
    }
    for (const folder of ['prompts', 'skills'] as const) {
      await app.register(folderRoutes(parts, 'library', folder));
    }
    await app.register(folderRoutes(parts, 'platform', 'sites'));
  };
}
