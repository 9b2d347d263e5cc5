import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { parse } from 'yaml';
import { type SessionList, sessionList, setupState } from '../../../web/api/models/auth.ts';
import { type AccessList, accessList, planList, type Role } from '../../../web/api/models/platform.ts';
import { WebError } from '../../../web/errors.ts';
import { typed } from '../../../web/request.ts';
import { hostile, now } from './fleet.ts';
import type { FixtureState } from './state.ts';

const people: AccessList['people'] = [
  {
    email: 'ada@example.com',
    name: 'Ada Lovelace',
    role: 'platform-admin' as const,
    tenants: [],
    source: 'tenantry.yaml',
    signedUp: true,
    lastSeen: now - 5_000,
  },
  {
    email: 'ops@acme.example',
    name: null,
    role: 'tenant-owner' as const,
    tenants: ['acme'],
    source: 'tenants/acme/tenant.yaml',
    signedUp: false,
    lastSeen: null,
  },
];

/** People, invitations, one's own sessions and password, and the plans, from fixtures. */
export function fixtureAccounts(state: FixtureState): FastifyPluginAsync {
  let invitations = [{ email: 'ops@acme.example', by: 'ada@example.com', expires: now + 86_400_000 }];
  let sessions: SessionList['items'] = [
    {
      id: 's1',
      kind: 'browser',
      from: '198.51.100.7, Firefox',
      since: now - 9_000,
      seenAt: now,
      current: true,
    },
    {
      id: 's2',
      kind: 'program',
      from: `203.0.113.9, ${hostile}`,
      since: now - 9_000_000,
      seenAt: now - 90_000,
      current: false,
    },
  ];
  return async (app) => {
    const routes = typed(app);
    const done = { 204: Type.Null() };
    routes.get('/auth/setup', { schema: { response: { 200: setupState } } }, async () => ({
      signedUp: state.signedUp,
    }));
    routes.get('/plans', { schema: { response: { 200: planList } } }, async () => ({
      base: state.repository.head.progress.commit.oid,
      items: [
        { name: 'free', memory: '256Mi', cpus: '0.25' },
        { name: hostile, memory: null, cpus: null },
      ],
    }));
    routes.get('/access', { schema: { response: { 200: accessList } } }, async () => ({
      people: [...people, ...namedIn(state).filter(({ email }) => email !== 'ada@example.com')],
      invitations,
    }));
    const named = Type.Object({ email: Type.String() });
    routes.post('/access/invitations', { schema: { body: named } }, async ({ body: { email } }, reply) => {
      const expires = Date.now() + 7 * 86_400_000;
      invitations = [...invitations, { email, by: 'ada@example.com', expires }];
      const token = 'tnt_invitation_made-by-a-fixture';
      return reply.code(201).send({ email, token, path: `/sign-up#invitation=${token}`, expires });
    });
    routes.delete(
      '/access/invitations',
      { schema: { body: named, response: done } },
      async ({ body: { email } }, reply) => {
        invitations = invitations.filter((one) => one.email !== email);
        return reply.code(204).send(null);
      },
    );
    routes.get('/auth/sessions', { schema: { response: { 200: sessionList } } }, async () => ({
      items: sessions,
    }));
    routes.delete(
      '/auth/sessions/:id',
      { schema: { params: Type.Object({ id: Type.String() }), response: done } },
      async ({ params }, reply) => {
        sessions = sessions.filter(({ id }) => id !== params.id);
        return reply.code(204).send(null);
      },
    );
    const passwords = Type.Object({ password: Type.String(), newPassword: Type.String() });
    routes.put(
      '/auth/password',
      { schema: { body: passwords, response: done } },
      async ({ body: { password } }, reply) => {
        if (password !== 'correct horse battery staple')
          throw new WebError('auth/password-now', 422, 'The password that you have now is another one.');
        return reply.code(204).send(null);
      },
    );
    routes.post('/nodes/:node/join-token', {}, async ({ params }, reply) => {
      const { node } = params as { node: string };
      const command = `tenantry node join --control http://localhost:8080 --node ${node} --token tnj_fixture`;
      return reply.code(201).send({ token: 'tnj_fixture', expires: Date.now() + 3_600_000, command });
    });
  };
}

/** Whom tenantry.yaml names. */
function namedIn(state: FixtureState) {
  const text = state.repository.read('tenantry.yaml') ?? '';
  const { spec } = parse(text) as { spec?: { access?: Record<string, string[]> } };
  return Object.entries(spec?.access ?? {}).flatMap(([role, emails]) =>
    emails.map((email) => ({
      email,
      name: null,
      role: role as Role,
      tenants: [],
      source: 'tenantry.yaml',
      signedUp: false,
      lastSeen: null,
    })),
  );
}
