import { isDeepStrictEqual } from 'node:util';
import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { disconnectDevice, startPairing } from '../../desired-state/write/bridge-edits.ts';
import { acceptDrift, type DriftedField, healDrift } from '../../desired-state/write/drift-edits.ts';
import { restart, rollback, setState } from '../../desired-state/write/tenant-edits.ts';
import { WebError } from '../errors.ts';
import { callerOf, fields, typed } from '../request.ts';
import { answerEdit, type BuildEdit, base, baseBody, editAnswers, requiredBase } from './edit-route.ts';
import { text } from './models/common.ts';
import { editQuery } from './models/edit.ts';
import type { ApiParts } from './parts.ts';
import { requireTenant } from './read-file.ts';

const params = fields({ tenant: Type.String({ maxLength: 63 }) });
const acceptBody = fields({
  base,
  fields: Type.Array(
    fields({
      resource: fields({ kind: text, name: text }),
      path: text,
      actual: Type.Optional(
        Type.Unknown({
          description:
            'What was seen to be accepted, null for nothing: refused with 409 when the node has found something else since. Left out, what it found last is accepted.',
        }),
      ),
    }),
    { minItems: 1, maxItems: 100 },
  ),
});
const rollbackBody = fields({
  base: requiredBase,
  to: Type.String({
    description: 'An earlier revision of the branch, or the first characters of its id.',
    pattern: '^[0-9a-f]{7,40}$',
  }),
});

/** What is asked of one tenant by a commit: start, stop, restart, pairing, what to do about drift, an earlier revision. */
export function runtimeRoutes(parts: ApiParts): FastifyPluginAsync {
  const { now } = parts;
  const simple: Readonly<Record<string, (tenant: string) => BuildEdit>> = {
    'runtime/start': (tenant) => (source) => setState(source, tenant, 'running'),
    'runtime/stop': (tenant) => (source) => setState(source, tenant, 'stopped'),
    'runtime/restart': (tenant) => (source) => restart(source, tenant, now()),
    'whatsapp/pair/start': (tenant) => (source) => startPairing(source, tenant, now()),
    'whatsapp/disconnect': (tenant) => (source) => disconnectDevice(source, tenant, now()),
    'drift/heal': (tenant) => (source) => healDrift(source, tenant),
  };
  return async (app) => {
    const routes = typed(app);
    for (const [path, build] of Object.entries(simple)) {
      routes.post(
        `/tenants/:tenant/${path}`,
        { schema: { params, body: baseBody, querystring: editQuery, response: editAnswers } },
        (request, reply) => {
          const { tenant } = request.params;
          requireTenant(parts, tenant);
          return answerEdit(parts, reply, {
            caller: callerOf(request),
            base: request.body?.base ?? null,
            tenants: [tenant],
            build: build(tenant),
            merge: 'fields',
            query: request.query,
          });
        },
      );
    }

    routes.post(
      '/tenants/:tenant/drift/accept',
      { schema: { params, body: acceptBody, querystring: editQuery, response: editAnswers } },
      (request, reply) => {
        const { tenant } = request.params;
        requireTenant(parts, tenant);
        const { base = null, fields: wanted } = request.body;
        const found = driftedFields(parts, tenant, wanted);
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base,
          tenants: [tenant],
          build: (source) => acceptDrift(source, tenant, found),
          merge: 'fields',
          query: request.query,
        });
      },
    );

    routes.post(
      '/tenants/:tenant/rollback',
      { schema: { params, body: rollbackBody, querystring: editQuery, response: editAnswers } },
      async (request, reply) => {
        const { tenant } = request.params;
        const { base, to } = request.body;
        const earlier = await earlierFiles(parts, tenant, to);
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base,
          tenants: [tenant],
          build: (source) => rollback(source, earlier, tenant),
          merge: 'lines',
          query: request.query,
        });
      },
    );
  };
}

interface FieldName {
  readonly resource: { readonly kind: string; readonly name: string };
  readonly path: string;
  readonly actual?: unknown;
}

/**
 * The fields with what the node found, as it said last.
 * @throws WebError 409 for one that does not differ any more, and for one that differs in another way than was seen
 */
function driftedFields(
  { fleet }: Pick<ApiParts, 'fleet'>,
  tenant: string,
  wanted: readonly FieldName[],
): DriftedField[] {
  const changes = fleet.tenant(tenant)?.status.changes ?? [];
  return wanted.map(({ resource, path, ...seen }) => {
    const change = changes.find(
      (each) => each.resource.kind === resource.kind && each.resource.name === resource.name,
    );
    const field = change?.fields.find((each) => each.path === path);
    if (field === undefined) {
      const message = `${path} of ${resource.name} does not differ from Git any more; look at the drift again.`;
      throw new WebError('drift/gone', 409, message);
    }
    if ('actual' in seen && !isDeepStrictEqual(seen.actual ?? null, field.actual ?? null)) {
      const message = `${path} of ${resource.name} is something else by now than what was to be accepted; look at the drift again.`;
      throw new WebError('drift/moved', 409, message);
    }
    return { resource, ...field };
  });
}

/** @throws WebError 404 for a revision that is not on the branch */
async function earlierFiles(parts: ApiParts, tenant: string, to: string) {
  const { branch, files } = parts;
  const head = branch.head();
  const revision = await branch.repository.resolve(to);
  if (head === null || revision === null || !(await branch.repository.isAncestor(revision, head))) {
    const message = `${to.slice(0, 12)} is no revision of the branch ${branch.name}; name one from the history.`;
    throw new WebError('edit/unknown-base', 404, message);
  }
  return { revision, files: await files.source(revision, (path) => path.startsWith(`tenants/${tenant}/`)) };
}
