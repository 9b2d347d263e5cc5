import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { putFile, removeFile } from '../../desired-state/write/file-edits.ts';
import { setFields } from '../../desired-state/write/set-fields.ts';
import type { Json } from '../../desired-state/write/yaml-node.ts';
import { own } from '../../schemas/own.ts';
import { pointerParts } from '../../schemas/yaml-tree.ts';
import { WebError } from '../errors.ts';
import type { Caller } from '../ports.ts';
import { callerOf, fields, typed } from '../request.ts';
import { tenantFiles } from '../tenants/tenant-files.ts';
import { answerEdit, base, baseBody, editAnswers, fileText } from './edit-route.ts';
import { oid } from './models/common.ts';
import { editQuery } from './models/edit.ts';
import { type FileList, fileList, fileView } from './models/tenant.ts';
import type { ApiParts } from './parts.ts';
import { fileAt, headOf, requireTenant } from './read-file.ts';

const name = Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9][-a-z0-9]*$' });
const pointer = Type.String({ maxLength: 500, pattern: '^/(metadata/(labels|annotations)/|spec/)' });
const patchBody = fields({
  base,
  set: Type.Optional(Type.Record(pointer, Type.Unknown())),
  remove: Type.Optional(Type.Array(pointer, { maxItems: 500 })),
});
const putBody = fields({ base: Type.Optional(oid), text: fileText });

/** A tenant's own file, and its prompts and skills; those of the library alike. */
export function documentRoutes(parts: ApiParts): FastifyPluginAsync {
  return async (app) => {
    const routes = typed(app);
    const ofTenant = fields({ tenant: name });
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
        const { base = null, text } = request.body;
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
        const { base = null, set = {}, remove = [] } = request.body;
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

    for (const kind of ['prompts', 'skills'] as const) {
      await app.register(folderRoutes(parts, kind, '/tenants/:tenant'));
      await app.register(folderRoutes(parts, kind, '/library'));
    }
  };
}

/** Documents of one kind in one folder; `:tenant` is there for a tenant's own. */
function folderRoutes(
  parts: ApiParts,
  kind: 'prompts' | 'skills',
  of: '/tenants/:tenant' | '/library',
): FastifyPluginAsync {
  const inTenant = of === '/tenants/:tenant';
  const folderOf = (tenant: string | undefined): string =>
    tenant === undefined ? `library/${kind}` : `tenants/${tenant}/${kind}`;
  const params = inTenant ? { tenant: name } : {};
  const listParams = Type.Object(params as { tenant: Type.TOptional<typeof name> });
  const oneParams = Type.Object({ ...(params as { tenant: Type.TOptional<typeof name> }), name });
  return async (app) => {
    const routes = typed(app);
    routes.get(
      `${of}/${kind}`,
      { schema: { params: listParams, response: { 200: fileList } } },
      async (request) => {
        const { tenant } = request.params;
        return listOf(parts, callerOf(request), kind, tenant);
      },
    );

    routes.get(
      `${of}/${kind}/:name`,
      { schema: { params: oneParams, response: { 200: fileView } } },
      async (request) => {
        const { tenant, name: document } = request.params;
        if (tenant !== undefined) requireTenant(parts, tenant);
        return fileAt(parts, callerOf(request), `${folderOf(tenant)}/${document}.yaml`);
      },
    );

    routes.put(
      `${of}/${kind}/:name`,
      { schema: { params: oneParams, body: putBody, querystring: editQuery, response: editAnswers } },
      (request, reply) => {
        const { tenant, name: document } = request.params;
        if (tenant !== undefined) requireTenant(parts, tenant);
        const { base = null, text } = request.body;
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base,
          tenants: tenant === undefined ? [] : [tenant],
          build: (source) => putFile(source, `${folderOf(tenant)}/${document}.yaml`, text),
          merge: 'lines',
          query: request.query,
        });
      },
    );

    routes.delete(
      `${of}/${kind}/:name`,
      { schema: { params: oneParams, body: baseBody, querystring: editQuery, response: editAnswers } },
      (request, reply) => {
        const { tenant, name: document } = request.params;
        if (tenant !== undefined) requireTenant(parts, tenant);
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base: request.body?.base ?? null,
          tenants: tenant === undefined ? [] : [tenant],
          build: (source) => removeFile(source, `${folderOf(tenant)}/${document}.yaml`),
          merge: 'lines',
          query: request.query,
        });
      },
    );
  };
}

/** Files that are shown at once. */
const LISTED = 500;

async function listOf(
  parts: ApiParts,
  caller: Caller,
  kind: 'prompts' | 'skills',
  tenant: string | undefined,
): Promise<FileList> {
  if (tenant !== undefined) requireTenant(parts, tenant);
  const head = headOf(parts);
  const listing = await parts.files.listing(head);
  const desired =
    tenant === undefined ? null : (own(parts.branch.desired()?.tenants ?? {}, tenant)?.desired ?? null);
  const paths =
    tenant === undefined
      ? [...listing.keys()].filter((path) => path.startsWith(`library/${kind}/`)).sort()
      : tenantFiles(tenant, listing.keys(), desired)
          .filter((file) => `${file.kind}s` === kind)
          .map(({ path }) => path);
  if (paths.length > LISTED) {
    throw new WebError(
      'file/too-many',
      413,
      `There are ${paths.length} ${kind}; ${LISTED} can be shown at once.`,
    );
  }
  const items = await Promise.all(
    paths.filter((path) => listing.has(path)).map((path) => fileAt(parts, caller, path)),
  );
  return { base: head, items };
}
