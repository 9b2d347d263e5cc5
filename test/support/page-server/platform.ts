import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import {
  type GitTokenView,
  gitTokenMade,
  gitTokens,
  newGitToken,
} from '../../../web/api/models/git-token.ts';
import { channelList } from '../../../web/api/models/platform.ts';
import { typed } from '../../../web/request.ts';
import { hostile, now } from './fleet.ts';
import type { FixtureState } from './state.ts';

const registry = 'registry.example.com/tenantry/runtime';

/** Channels and Git tokens, from fixtures. */
export function fixturePlatform(state: FixtureState): FastifyPluginAsync {
  let tokens: GitTokenView[] = [
    {
      id: 't1',
      name: `laptop ${hostile}`,
      scopes: ['read', 'push'],
      createdAt: now - 9_000_000,
      lastUsedAt: now - 90_000,
      expiresAt: now + 80 * 86_400_000,
    },
  ];
  return async (app) => {
    const routes = typed(app);
    routes.get('/channels', { schema: { response: { 200: channelList } } }, async () => ({
      base: state.repository.head.progress.commit.oid,
      items: [
        {
          name: 'production',
          images: { runtime: `${registry}:sha-4f2c1d9` },
          promotesTo: null,
          tenants: 41,
          running: { [`${registry}:sha-4f2c1d9`]: 36, [`${registry}:sha-77aa001`]: 3 },
        },
        {
          name: 'staging',
          images: {
            runtime: `${registry}:sha-9c3e0b7`,
            [`sidecar-${'x'.repeat(30)}`]: `${registry}@sha256:${'ab'.repeat(32)}`,
          },
          promotesTo: 'production',
          tenants: 3,
          running: { [`${registry}:sha-9c3e0b7`]: 3 },
        },
        {
          name: 'empty',
          images: { runtime: `${registry}:v1.0.0` },
          promotesTo: null,
          tenants: 0,
          running: {},
        },
      ],
    }));
    routes.delete(
      '/nodes/:node/key',
      { schema: { params: Type.Object({ node: Type.String() }), response: { 204: Type.Null() } } },
      async ({ params }, reply) => {
        state.revoked.add(params.node);
        const node = state.nodes().find(({ name }) => name === params.node);
        if (node !== undefined) state.live.say('nodes', { type: 'node', node });
        return reply.code(204).send(null);
      },
    );
    routes.get('/git-tokens', { schema: { response: { 200: gitTokens } } }, async () => ({
      cloneUrl: 'http://localhost:8080/git/desired.git',
      may: ['read' as const, 'push' as const],
      tokens,
    }));
    routes.post(
      '/git-tokens',
      { schema: { body: newGitToken, response: { 201: gitTokenMade } } },
      async ({ body: { name, scopes, days = 90 } }, reply) => {
        const made = {
          id: `t${tokens.length + 1}`,
          name,
          scopes,
          createdAt: Date.now(),
          lastUsedAt: null,
          expiresAt: Date.now() + days * 86_400_000,
        };
        tokens = [made, ...tokens];
        return reply.code(201).send({ token: made, secret: 'tnt_git_made-by-a-fixture' });
      },
    );
    routes.delete(
      '/git-tokens/:id',
      { schema: { params: Type.Object({ id: Type.String() }), response: { 204: Type.Null() } } },
      async ({ params }, reply) => {
        tokens = tokens.filter(({ id }) => id !== params.id);
        return reply.code(204).send(null);
      },
    );
  };
}
