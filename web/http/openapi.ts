import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { lineOf } from '../access/table.ts';

/** OpenAPI 3.1 of all that is registered after it, from the schemas of the routes. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tenantry',
        version: '1',
        description: 'The control node. Every change is a commit to the desired-state repository.',
      },
      components: {
        securitySchemes: {
          accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          session: { type: 'apiKey', in: 'cookie', name: '__Host-tenantry' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      if (!url.startsWith('/v1/')) return { schema: { ...schema, hide: true }, url };
      const line = lineOf(String(route.method), url);
      const open = line === null || typeof line.who === 'string';
      const asks = open ? 'Open.' : `For ${line.who.join(', ')}.`;
      const security =
        line?.who === 'anyone' || line?.who === 'self' ? [] : [{ accessToken: [] }, { session: [] }];
      const tags = [url.split('/')[2] ?? 'v1'];
      return { schema: { tags, description: asks, security, ...schema }, url };
    },
  });
  app.get('/v1/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
