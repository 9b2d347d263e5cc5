import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { type GivenRole, giveRole } from '../../../desired-state/write/access-edits.ts';
import { setScalar } from '../../../desired-state/write/edit-yaml.ts';
import { parseDocument } from '../../../schemas/validate.ts';
import { accepted, preview } from '../../../web/api/models/edit.ts';
import { WebError } from '../../../web/errors.ts';
import { typed } from '../../../web/request.ts';
import { oidOf } from './fleet.ts';
import { planFor } from './plan.ts';
import type { FixtureState } from './state.ts';

const answers = { 200: preview, 202: accepted };
const body = Type.Record(Type.String(), Type.Unknown());
/** Of what would overwrite somebody's words without it. */
const withBase = Type.Intersect([body, Type.Object({ base: Type.String() })]);
const query = Type.Object({
  'dry-run': Type.Optional(Type.Boolean()),
  propose: Type.Optional(Type.Boolean()),
});
type Request = FastifyRequest & {
  readonly query: { readonly 'dry-run'?: boolean; readonly propose?: boolean };
  readonly body: Record<string, unknown>;
};

interface Edit {
  readonly tenant: string;
  readonly path: string;
  readonly subject: string;
  readonly after: string | null;
}

/** Edits that are made in memory: previews, conflicts and commits as the contract says them. */
export function fixtureEdits(state: FixtureState): FastifyPluginAsync {
  const answer = (request: Request, edit: Edit) => {
    if (request.headers['x-csrf-token'] !== state.csrf)
      throw new WebError('auth/csrf', 403, 'The change came without the token of this session.');
    const { repository } = state;
    const base =
      typeof request.body['base'] === 'string' ? request.body['base'] : repository.head.progress.commit.oid;
    const before = repository.read(edit.path);
    refuseStale(state, base, edit);
    const plan = planFor(edit.path, edit.tenant);
    if (request.query['dry-run'] === true) {
      const problems =
        edit.after === null
          ? []
          : [...parseDocument(edit.path, new TextEncoder().encode(edit.after)).problems];
      const files = before === edit.after ? [] : [{ path: edit.path, before, after: edit.after }];
      return { status: 200 as const, answer: { base, subject: edit.subject, files, problems, plan } };
    }
    const proposal =
      request.query.propose === true
        ? { branch: 'tenantry/propose-1', url: 'javascript:window.pwned=1', problem: null }
        : null;
    const made =
      proposal === null ? repository.commit(edit.path, edit.after, edit.subject, [edit.tenant]) : null;
    const oid = made?.progress.commit.oid ?? oidOf(4_000);
    if (made !== null) {
      state.live.say('commits', { type: 'revision', revision: oid });
      state.live.say('commits', { type: 'progress', progress: made.progress });
    }
    return {
      status: 202 as const,
      answer: {
        commit: oid,
        parent: base,
        branch: 'main',
        subject: edit.subject,
        body: [],
        plan,
        proposal,
        follow: { commit: `/v1/commits/${oid}`, socket: 'commits' },
      },
    };
  };
  return async (app) => {
    const routes = typed(app);
    const edit = (
      method: 'POST' | 'PUT' | 'DELETE',
      url: string,
      make: (params: Record<string, string>, body: Record<string, unknown>) => Edit,
    ): void => {
      routes.route({
        method,
        url,
        schema: {
          body: isOrder(method, url) ? body : withBase,
          querystring: query,
          response: answers,
        },
        handler: async (request, reply) => {
          const given = request as unknown as Request;
          const { status, answer: said } = answer(
            given,
            make(request.params as Record<string, string>, given.body),
          );
          return reply.code(status).send(said);
        },
      });
    };
    const text = (given: Record<string, unknown>): string => String(given['text']);
    const file = (tenant: string): string => `tenants/${tenant}/tenant.yaml`;
    const set = (tenant: string, pointer: string, value: string, subject: string): Edit => ({
      tenant,
      path: file(tenant),
      subject: `${tenant}: ${subject}`,
      after: setScalar(state.repository.read(file(tenant)) ?? '', pointer, value),
    });
    edit('PUT', '/tenants/:tenant/config', ({ tenant = '' }, given) => ({
      tenant,
      path: file(tenant),
      subject: `${tenant}: change tenant.yaml`,
      after: text(given),
    }));
    for (const kind of ['prompts', 'skills'] as const) {
      edit('PUT', `/library/${kind}/:name`, ({ name = '' }, given) => ({
        tenant: 'acme',
        path: `library/${kind}/${name}.yaml`,
        subject: `library: change ${kind}/${name}.yaml`,
        after: text(given),
      }));
      edit('PUT', `/tenants/:tenant/${kind}/:name`, ({ tenant = '', name = '' }, given) => ({
        tenant,
        path: `tenants/${tenant}/${kind}/${name}.yaml`,
        subject: `${tenant}: change ${kind}/${name}.yaml`,
        after: text(given),
      }));
    }
    edit('POST', '/tenants/:tenant/runtime/start', ({ tenant = '' }) =>
      set(tenant, '/spec/runtime/state', 'running', 'start'),
    );
    edit('POST', '/tenants/:tenant/runtime/stop', ({ tenant = '' }) =>
      set(tenant, '/spec/runtime/state', 'stopped', 'stop'),
    );
    edit('POST', '/tenants/:tenant/runtime/restart', ({ tenant = '' }) =>
      set(tenant, '/spec/runtime/restart', '2026-11-21T16:00Z', 'restart'),
    );
    edit('POST', '/tenants/:tenant/whatsapp/pair/start', ({ tenant = '' }) =>
      set(tenant, '/spec/whatsapp/pairing', '2', 'start pairing'),
    );
    edit('POST', '/tenants/:tenant/drift/accept', ({ tenant = '' }, given) => {
      const found = state.drift.changes.flatMap(({ fields }) => fields);
      for (const { path, actual } of given['fields'] as { path: string; actual: unknown }[]) {
        if (found.some((field) => field.path === path && field.actual === actual)) continue;
        throw new WebError('drift/moved', 409, `${path} is something else by now.`);
      }
      return set(tenant, '/spec/runtime/resources/memory', '1Gi', 'accept memory');
    });
    edit('POST', '/tenants/:tenant/drift/heal', ({ tenant = '' }) =>
      set(tenant, '/spec/drift', 'heal', 'heal drift'),
    );
    const pin = (channel: string, image: string): Edit => ({
      tenant: 'acme',
      path: `channels/${channel}.yaml`,
      subject: `${channel}: pin runtime to ${image}`,
      after: setScalar(
        state.repository.read(`channels/${channel}.yaml`) ?? '',
        '/spec/images/runtime',
        image,
      ),
    });
    edit('POST', '/channels/:channel/pin', ({ channel = '' }, given) =>
      pin(channel, String((given['images'] as Record<string, string>)['runtime'])),
    );
    edit('POST', '/channels/promote', (_params, given) =>
      pin(String(given['to']), 'registry.example.com/tenantry/runtime:sha-9c3e0b7'),
    );
    edit('POST', '/nodes/setup', (_params, given) => ({
      tenant: 'acme',
      path: `nodes/${String(given['name'])}.yaml`,
      subject: `${String(given['name'])}: add the node`,
      after: (state.repository.read('nodes/worker-1.yaml') ?? '').replaceAll(
        'worker-1',
        String(given['name']),
      ),
    }));
    edit('POST', '/tenants/setup', (_params, given) => ({
      tenant: String(given['name']),
      path: `tenants/${String(given['name'])}/tenant.yaml`,
      subject: `${String(given['name'])}: add the tenant to ${String(given['node'])}`,
      after: (state.repository.read('tenants/acme/tenant.yaml') ?? '').replaceAll(
        'acme',
        String(given['name']),
      ),
    }));
    edit('POST', '/nodes/:node/approve', ({ node = '' }, given) => ({
      tenant: 'hooli',
      path: 'tenantry.yaml',
      subject: `${node}: approve the removal of ${(given['remove'] as string[]).length} tenants`,
      after: `${state.repository.read('tenantry.yaml') ?? ''}# ${String(given['reason'])}\n`,
    }));
    edit('PUT', '/access/roles', (_params, given) => {
      const made = giveRole(
        { read: (path) => state.repository.read(path), list: () => [...state.repository.head.files.keys()] },
        { email: String(given['email']), role: given['role'] as GivenRole | null, by: 'ada@example.com' },
      );
      const [file] = made.edits;
      const path = 'tenantry.yaml';
      const after = file === undefined ? state.repository.read(path) : file.after;
      return { tenant: 'acme', path, subject: made.subject, after };
    });
    edit('DELETE', '/tenants/:tenant', ({ tenant = '' }) => ({
      tenant,
      path: file(tenant),
      subject: `${tenant}: remove the tenant`,
      after: null,
    }));
    edit('POST', '/tenants/:tenant/rollback', ({ tenant = '' }, given) => {
      const then = state.repository.at(String(given['to']));
      if (then === null)
        throw new WebError('edit/unknown-base', 404, 'It is no revision of the branch main.');
      const path = `tenants/${tenant}/prompts/greeting.yaml`;
      return {
        tenant,
        path,
        subject: `${tenant}: return to ${then.progress.commit.oid.slice(0, 12)}`,
        after: then.files.get(path) ?? null,
      };
    });
  };
}

/** What sets a state, whatever the file says meanwhile; all else names the revision that it was made from. */
function isOrder(method: string, url: string): boolean {
  return (method === 'POST' && !url.endsWith('/rollback')) || url === '/access/roles';
}

/** As the server does: an edit of a file that moved since its base is answered with both texts. */
function refuseStale(state: FixtureState, base: string, edit: Edit): void {
  const then = state.repository.at(base)?.files.get(edit.path) ?? null;
  const theirs = state.repository.read(edit.path);
  if (then === theirs) return;
  throw new WebError('edit/conflict', 409, `${edit.path} was changed since ${base.slice(0, 7)}.`, {
    conflict: {
      revision: state.repository.head.progress.commit.oid,
      files: [{ path: edit.path, base: then, ours: edit.after, theirs }],
    },
  });
}
