import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { putFile, removeFile } from '../../desired-state/write/file-edits.ts';
import { own } from '../../schemas/own.ts';
import { WebError } from '../errors.ts';
import type { Caller } from '../ports.ts';
import { callerOf, typed } from '../request.ts';
import { tenantFiles } from '../tenants/tenant-files.ts';
import { answerEdit, editAnswers, putBody, removeBody } from './edit-route.ts';
import { documentName } from './models/common.ts';
import { editQuery } from './models/edit.ts';
import { type FileList, fileList, fileView } from './models/tenant.ts';
import type { ApiParts } from './parts.ts';
import { fileAt, headOf, requireTenant } from './read-file.ts';

/** Whose documents they are: a tenant's own, those of the library, or those of the platform itself. */
export type Owner = 'tenant' | 'library' | 'platform';
export type Folder = 'prompts' | 'skills' | 'jobs' | 'sites';

const routeOf: Readonly<Record<Owner, string>> = {
  tenant: '/tenants/:tenant',
  library: '/library',
  platform: '',
};

/** Documents of one kind in one folder: listed, read, written and removed, each change a commit. */
export function folderRoutes(parts: ApiParts, owner: Owner, folder: Folder): FastifyPluginAsync {
  const of = `${routeOf[owner]}/${folder}`;
  const params = owner === 'tenant' ? { tenant: documentName } : {};
  const listParams = Type.Object(params as { tenant: Type.TOptional<typeof documentName> });
  const oneParams = Type.Object({ ...listParams.properties, name: documentName });
  const placeOf = (tenant: string | undefined): string => {
    if (tenant !== undefined) return `tenants/${tenant}/${folder}`;
    return owner === 'library' ? `library/${folder}` : folder;
  };
  return async (app) => {
    const routes = typed(app);
    routes.get(of, { schema: { params: listParams, response: { 200: fileList } } }, async (request) => {
      const { tenant } = request.params;
      if (tenant !== undefined) requireTenant(parts, tenant);
      return listOf(parts, callerOf(request), placeOf(tenant), tenant);
    });

    routes.get(
      `${of}/:name`,
      { schema: { params: oneParams, response: { 200: fileView } } },
      async (request) => {
        const { tenant, name: document } = request.params;
        if (tenant !== undefined) requireTenant(parts, tenant);
        return fileAt(parts, callerOf(request), `${placeOf(tenant)}/${document}.yaml`);
      },
    );

    routes.put(
      `${of}/:name`,
      { schema: { params: oneParams, body: putBody, querystring: editQuery, response: editAnswers } },
      (request, reply) => {
        const { tenant, name: document } = request.params;
        if (tenant !== undefined) requireTenant(parts, tenant);
        const { base, text } = request.body;
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base,
          tenants: tenant === undefined ? [] : [tenant],
          build: (source) => putFile(source, `${placeOf(tenant)}/${document}.yaml`, text),
          merge: 'lines',
          query: request.query,
        });
      },
    );

    routes.delete(
      `${of}/:name`,
      { schema: { params: oneParams, body: removeBody, querystring: editQuery, response: editAnswers } },
      (request, reply) => {
        const { tenant, name: document } = request.params;
        if (tenant !== undefined) requireTenant(parts, tenant);
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base: request.body.base,
          tenants: tenant === undefined ? [] : [tenant],
          build: (source) => removeFile(source, `${placeOf(tenant)}/${document}.yaml`),
          merge: 'lines',
          query: request.query,
        });
      },
    );
  };
}

/** Files that are shown at once. */
const LISTED = 500;

/** A tenant's list has what it takes from the library as well. */
async function listOf(
  parts: ApiParts,
  caller: Caller,
  folder: string,
  tenant: string | undefined,
): Promise<FileList> {
  const base = headOf(parts);
  const listing = await parts.files.listing(base);
  const paths =
    tenant === undefined
      ? [...listing.keys()].filter((path) => path.startsWith(`${folder}/`) && path.endsWith('.yaml')).sort()
      : tenantFiles(
          tenant,
          listing.keys(),
          own(parts.branch.desired()?.tenants ?? {}, tenant)?.desired ?? null,
        )
          .filter((file) => folder.endsWith(`/${file.kind}s`))
          .map(({ path }) => path);
  if (paths.length > LISTED) {
    throw new WebError(
      'file/too-many',
      413,
      `There are ${paths.length} files in ${folder}/; ${LISTED} can be shown at once.`,
    );
  }
  const there = paths.filter((path) => listing.has(path));
  return { base, items: await Promise.all(there.map((path) => fileAt(parts, caller, path))) };
}
