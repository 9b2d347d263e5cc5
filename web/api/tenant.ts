import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { GitError } from '../../desired-state/git/errors.ts';
import { acceptedField } from '../../desired-state/write/drift-edits.ts';
import { own } from '../../schemas/own.ts';
import { seesCode } from '../access/judge.ts';
import { changesOf } from '../edits/changed-files.ts';
import { toldProblems } from '../edits/told-problems.ts';
import { noSuchTenant, WebError } from '../errors.ts';
import type { Caller } from '../ports.ts';
import { callerOf, fields, typed } from '../request.ts';
import { asOf } from '../tenants/summary.ts';
import { tenantFiles } from '../tenants/tenant-files.ts';
import { oid } from './models/common.ts';
import { type HistoryPage, historyPage } from './models/edit.ts';
import { type TenantDetail, type TenantDrift, tenantDetail, tenantDrift } from './models/tenant.ts';
import type { ApiParts } from './parts.ts';
import { headOf } from './read-file.ts';

const params = fields({ tenant: Type.String({ maxLength: 63 }) });
const historyQuery = fields({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  before: Type.Optional(oid),
  at: Type.Optional(
    Type.String({
      description: 'What ran then: milliseconds since the epoch, or a date and time.',
      maxLength: 40,
    }),
  ),
});

/** What is to be read of one tenant, but for its files. */
export function tenantRoutes(parts: ApiParts): FastifyPluginAsync {
  return async (app) => {
    const routes = typed(app);
    routes.get(
      '/tenants/:tenant/status',
      { schema: { params, response: { 200: tenantDetail } } },
      (request) => detailOf(parts, callerOf(request), request.params.tenant),
    );

    routes.get(
      '/tenants/:tenant/drift',
      { schema: { params, response: { 200: tenantDrift } } },
      async (request) => driftOf(parts, request.params.tenant),
    );

    routes.get(
      '/tenants/:tenant/history',
      { schema: { params, querystring: historyQuery, response: { 200: historyPage } } },
      async (request) => {
        const { tenant } = request.params;
        const { limit = 20, before = null, at } = request.query;
        const visible = new Set([tenant]);
        const known = callerOf(request).tenants;
        const page = await parts.history.page([tenant], visible, { limit, before, known });
        // A tenant that is gone has a past, and is known by it.
        if (page.items.length === 0 && before === null && parts.directory.get(tenant) === null)
          throw noSuchTenant(tenant);
        const items = await withOwnFiles(parts.branch.repository, page.items, tenant);
        const told = { ...page, items };
        return at === undefined ? told : { ...told, ran: await parts.tracker.runAt(tenant, momentOf(at)) };
      },
    );
  };
}

/** Says of each commit whether it changed the tenant's own files; of one that the repository has not any more, nothing. */
async function withOwnFiles(
  repository: ApiParts['branch']['repository'],
  items: HistoryPage['items'],
  tenant: string,
): Promise<HistoryPage['items']> {
  const folder = `tenants/${tenant}/`;
  return Promise.all(
    items.map(async (item) => {
      try {
        const { changes } = await changesOf(repository, item.commit.oid);
        return { ...item, ownFiles: changes.some(({ path }) => path.startsWith(folder)) };
      } catch (error) {
        if (error instanceof GitError && error.code === 'git/missing') return item;
        throw error;
      }
    }),
  );
}

/** @throws WebError 404 */
async function detailOf(parts: ApiParts, caller: Caller, tenant: string): Promise<TenantDetail> {
  const { branch, directory, fleet, history, files, actionsOf } = parts;
  const summary = directory.get(tenant);
  if (summary === null) throw noSuchTenant(tenant);
  const head = headOf(parts);
  const entry = own(branch.desired()?.tenants ?? {}, tenant) ?? null;
  const desired = entry?.desired ?? null;
  const [listing, past] = await Promise.all([
    files.listing(head),
    history.page([tenant], new Set([tenant]), { limit: 1, before: null, known: caller.tenants }),
  ]);
  return {
    summary,
    status: fleet.tenant(tenant)?.status ?? null,
    revision: head,
    lastCommit: past.items[0]?.commit ?? null,
    files: tenantFiles(tenant, listing.keys(), desired),
    problems: toldProblems(entry?.problems ?? [], caller.tenants),
    secrets: (desired?.secrets ?? []).map(({ name }) => name),
    volumes: (desired?.volumes ?? []).map(({ name, mountPath }) => ({ name, mountPath })),
    whatsapp: {
      enabled: desired?.whatsapp.enabled ?? false,
      qr: seesCode(caller, tenant) ? fleet.qr(tenant) : null,
    },
    may: [...actionsOf(caller, tenant)],
  };
}

/** @throws WebError 404 */
function driftOf({ branch, directory, fleet }: ApiParts, tenant: string): TenantDrift {
  if (directory.get(tenant) === null) throw noSuchTenant(tenant);
  const facts = fleet.tenant(tenant);
  const node = facts === null ? null : fleet.node(facts.node);
  const desired = own(branch.desired()?.tenants ?? {}, tenant)?.desired ?? null;
  return {
    tenant,
    revision: facts?.status.revision ?? null,
    asOf: facts === null || node === null || node.linked ? null : asOf(facts, node),
    changes: (facts?.status.changes ?? []).map((change) => ({
      ...change,
      acceptable: change.fields.flatMap((field) => {
        const place = acceptedField({ resource: change.resource, ...field });
        return place === null ? [] : [{ path: field.path, pointer: place.pointer }];
      }),
    })),
    healing: desired?.drift ?? 'heal',
  };
}

/** @throws WebError 400 */
function momentOf(text: string): number {
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(at)) return at;
  throw new WebError(
    'request/invalid',
    400,
    `"${text}" is no moment: write 2026-12-01T00:00Z, or milliseconds.`,
  );
}
