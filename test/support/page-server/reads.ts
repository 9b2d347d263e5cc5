import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { parse } from 'yaml';
import { type Kind, readSchema } from '../../../schemas/kinds.ts';
import { commitFiles, commitProgress, historyPage } from '../../../web/api/models/edit.ts';
import { auditPage, me, nodeList, nodeView, overview } from '../../../web/api/models/platform.ts';
import {
  eventPage,
  type FileView,
  fileList,
  fileView,
  type TenantEvent,
  type TenantSummary,
  tenantDetail,
  tenantDrift,
  tenantPage,
} from '../../../web/api/models/tenant.ts';
import { WebError } from '../../../web/errors.ts';
import { callerOf, typed } from '../../../web/request.ts';
import { awayOf } from '../../../web/tenants/attention.ts';
import { hostile, now, oidOf, statusOf } from './fleet.ts';
import { planFor } from './plan.ts';
import type { FixtureState } from './state.ts';

const ok = <T>(schema: T) => ({ schema: { response: { 200: schema } } });
const found = <T>(value: T | null | undefined, what: string): T => {
  if (value === null || value === undefined)
    throw new WebError('fixture/unknown', 404, `There is no ${what}.`);
  return value;
};
const search = Type.Object({
  q: Type.Optional(Type.String()),
  phase: Type.Optional(Type.String()),
  node: Type.Optional(Type.String()),
  sort: Type.Optional(Type.String()),
  cursor: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer()),
});
const named = Type.Object({ tenant: Type.String() });

/** What the page reads, from fixtures; answers are held to the schemas by the server itself. */
export function fixtureReads(state: FixtureState): FastifyPluginAsync {
  return async (app) => {
    const routes = typed(app);
    routes.get('/me', ok(me), async (request) => {
      const caller = callerOf(request);
      return {
        user: { id: caller.id, name: caller.person.name, email: caller.person.email },
        role: caller.role,
        tenants: [...(caller.tenants ?? [])],
        csrf: state.csrf,
        may: caller.role === null ? [] : [...state.may],
      };
    });
    routes.get('/overview', ok(overview), async () => {
      const attention = state.attention();
      return {
        platform: 'demo',
        revision: state.repository.head.progress.commit.oid,
        head: state.repository.head.progress.commit,
        phases: countsOf(state.tenants),
        tenants: state.tenants.length,
        away: awayOf(state.tenants),
        drifted: state.tenants.filter(({ drift }) => drift > 0).length,
        nodes: state.nodes().map(({ name, linked, behind }) => ({ name, linked, behind })),
        attention: attention.slice(0, 50),
        waiting: attention.length,
        commits: state.repository.commits.slice(0, 8).map(({ progress }) => progress),
        problems: [],
      };
    });
    routes.get(
      '/tenants',
      { schema: { querystring: search, response: { 200: tenantPage } } },
      async ({ query }) => {
        const { q = '', phase, node, cursor = '0', limit = 100 } = query;
        const fit = state.tenants.filter(
          (one) =>
            one.name.includes(q) &&
            (phase === undefined || one.phase === phase) &&
            (node === undefined || one.node === node),
        );
        const from = Number(cursor);
        const items = fit.slice(from, from + limit);
        return {
          items,
          total: fit.length,
          next: from + limit < fit.length ? String(from + limit) : null,
          counts: countsOf(state.tenants),
          revision: oidOf(9),
        };
      },
    );
    routes.get(
      '/tenants/:tenant/status',
      { schema: { params: named, response: { 200: tenantDetail } } },
      async ({ params }) => {
        const summary = found(state.tenant(params.tenant), `tenant ${params.tenant}`);
        const { commit } = state.repository.head.progress;
        return {
          summary,
          status: statusOf(summary),
          revision: commit.oid,
          lastCommit: commit,
          files: [
            {
              path: `tenants/${summary.name}/tenant.yaml`,
              kind: 'tenant' as const,
              name: summary.name,
              shared: false,
            },
          ],
          problems: [],
          secrets: ['OPENAI_API_KEY'],
          volumes: [{ name: 'session', mountPath: '/data/session' }],
          whatsapp: { enabled: true, qr: state.qr },
          may: [...state.mayWithTenant],
        };
      },
    );
    routes.get(
      '/tenants/:tenant/drift',
      { schema: { params: named, response: { 200: tenantDrift } } },
      async ({ params }) =>
        params.tenant === 'acme'
          ? state.drift
          : {
              tenant: params.tenant,
              revision: oidOf(9),
              asOf: state.tenant(params.tenant)?.linked === false ? now - 47 * 60_000 : null,
              changes: [],
              healing: 'heal' as const,
            },
    );
    routes.get(
      '/tenants/:tenant/events',
      {
        schema: {
          params: named,
          querystring: Type.Object({
            kind: Type.Optional(Type.String()),
            limit: Type.Integer(),
            before: Type.Optional(Type.Integer()),
          }),
          response: { 200: eventPage },
        },
      },
      async ({ params, query: { kind, limit, before = Infinity } }) => {
        const fit = eventsOf(params.tenant).filter(
          ({ id, type }) =>
            id < before && (kind === undefined || type.startsWith('container/') === (kind === 'container')),
        );
        const items = fit.slice(0, limit);
        return { items, next: fit.length > limit ? String(items.at(-1)?.id) : null };
      },
    );
    const page = async () => ({
      items: state.repository.commits.map(({ progress }, index) => ({
        ...progress,
        ownFiles: state.repository
          .changed(progress.commit.oid)
          .some(({ path }) => path.startsWith('tenants/acme/')),
        plan: index === 0 ? planFor('tenants/acme/prompts/greeting.yaml', 'acme') : null,
        outcomes: [],
      })),
      next: null,
    });
    routes.get(
      '/history',
      {
        schema: {
          querystring: Type.Object({ limit: Type.Integer(), at: Type.Optional(Type.String()) }),
          response: { 200: historyPage },
        },
      },
      page,
    );
    routes.get(
      '/tenants/:tenant/history',
      {
        schema: {
          querystring: Type.Object({ limit: Type.Integer(), at: Type.Optional(Type.String()) }),
          response: { 200: historyPage },
        },
      },
      page,
    );
    routes.get(
      '/commits/:oid',
      { schema: { params: Type.Object({ oid: Type.String() }), response: { 200: commitProgress } } },
      async ({ params }) => ({
        ...found(state.repository.at(params.oid), 'such commit').progress,
        plan: planFor('tenants/acme/prompts/greeting.yaml', 'acme'),
        outcomes: [
          {
            tenant: 'acme',
            revision: params.oid,
            outcome: 'done',
            steps: ['Swap the file prompts/greeting.md', 'Send SIGHUP to tenant_acme_runtime'],
            error: null,
            at: now,
            ms: 412,
          },
        ],
      }),
    );
    routes.get('/nodes', ok(nodeList), async () => ({ items: state.nodes(), revision: oidOf(9) }));
    routes.get(
      '/commits/:oid/files',
      { schema: { params: Type.Object({ oid: Type.String() }), response: { 200: commitFiles } } },
      async ({ params }) => {
        const items = state.repository.changed(params.oid).map((file) => ({
          ...file,
          kind: file.before === null ? ('added' as const) : ('changed' as const),
          without: null,
        }));
        return { parent: null, total: items.length, items };
      },
    );
    routes.get(
      '/nodes/:node',
      { schema: { params: Type.Object({ node: Type.String() }), response: { 200: nodeView } } },
      async ({ params }) =>
        found(
          state.nodes().find(({ name }) => name === params.node),
          'such node',
        ),
    );
    routes.get(
      '/audit',
      {
        schema: {
          querystring: Type.Object({
            limit: Type.Integer(),
            who: Type.Optional(Type.String()),
            action: Type.Optional(Type.String()),
            target: Type.Optional(Type.String()),
            outcome: Type.Optional(Type.String()),
            since: Type.Optional(Type.Integer()),
          }),
          response: { 200: auditPage },
        },
      },
      async ({ query }) => ({
        items: [
          {
            id: 3,
            at: now - 60_000,
            who: 'ada@example.com',
            action: 'config',
            target: 'acme',
            outcome: 'done' as const,
            reason: '',
            from: '198.51.100.7, Firefox',
            commit: oidOf(9),
          },
          {
            id: 2,
            at: now - 90_000,
            who: 'mallory@example.com',
            action: 'auth.login',
            target: '',
            outcome: 'refused' as const,
            reason: 'wrong password',
            from: `203.0.113.9, ${hostile}`,
            commit: null,
          },
          {
            id: 1,
            at: now - 4_000_000,
            who: 'ops@acme.example',
            action: 'runtime',
            target: 'acme',
            outcome: 'failed' as const,
            reason: 'the repository did not answer',
            from: '198.51.100.20, curl',
            commit: null,
          },
        ].filter(
          ({ who, outcome }) =>
            (query.who === undefined || who === query.who) &&
            (query.outcome === undefined || outcome === query.outcome),
        ),
        next: null,
        actions: ['auth.login', 'config', 'runtime'],
      }),
    );
    routes.get(
      '/schemas/:kind',
      { schema: { params: Type.Object({ kind: Type.String() }) } },
      async ({ params }) => readSchema(params.kind as Kind),
    );
    fileRoutes(app, state);
  };
}

/** A few hundred events, newest first. */
function eventsOf(tenant: string): TenantEvent[] {
  const types = ['container/start', 'connected', 'container/update', 'container/die'];
  return Array.from({ length: 260 }, (_, index) => ({
    id: 1_000 - index,
    at: now - index * 400_000,
    node: 'worker-1',
    tenant,
    type: types[index % 4] ?? '',
    data: index % 4 === 3 ? { exitCode: 137, note: hostile } : { code: 'secret-code' },
  }));
}

function fileRoutes(app: Parameters<FastifyPluginAsync>[0], state: FixtureState): void {
  const routes = typed(app);
  const oneOf = (path: string, kind: Kind): FileView => {
    const text = found(state.repository.read(path), `file ${path}`);
    const shared = path.startsWith('library/');
    const name = path.split('/').at(-1)?.replace('.yaml', '') ?? '';
    return {
      base: state.repository.head.progress.commit.oid,
      path,
      name,
      text,
      value: parse(text) as unknown,
      schema: `/v1/schemas/${kind}`,
      shared,
      editable: [...state.editable],
    };
  };
  const listed = (folder: string, kind: Kind) => ({
    base: state.repository.head.progress.commit.oid,
    items: [...state.repository.head.files.keys()]
      .filter((path) => path.startsWith(folder))
      .map((path) => oneOf(path, kind)),
  });
  routes.get(
    '/tenants/:tenant/config',
    { schema: { params: named, response: { 200: fileView } } },
    async ({ params }) => oneOf(`tenants/${params.tenant}/tenant.yaml`, 'Tenant'),
  );
  for (const [kind, schema] of [
    ['prompts', 'Prompt'],
    ['skills', 'Skill'],
  ] as const) {
    const file = Type.Object({ tenant: Type.String(), name: Type.String() });
    routes.get(
      `/tenants/:tenant/${kind}`,
      { schema: { params: named, response: { 200: fileList } } },
      async ({ params }) => listed(`tenants/${params.tenant}/${kind}/`, schema),
    );
    routes.get(
      `/tenants/:tenant/${kind}/:name`,
      { schema: { params: file, response: { 200: fileView } } },
      async ({ params }) => oneOf(`tenants/${params.tenant}/${kind}/${params.name}.yaml`, schema),
    );
    routes.get(`/library/${kind}`, ok(fileList), async () => listed(`library/${kind}/`, schema));
    routes.get(
      `/library/${kind}/:name`,
      { schema: { params: Type.Object({ name: Type.String() }), response: { 200: fileView } } },
      async ({ params }) => oneOf(`library/${kind}/${params.name}.yaml`, schema),
    );
  }
}

function countsOf(tenants: readonly TenantSummary[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(Object.groupBy(tenants, ({ phase }) => phase)).map(([phase, some]) => [
      phase,
      some.length,
    ]),
  );
}
